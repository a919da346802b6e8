"""What every benchmark needs: a home of its own, a brand with orders, a sender of load, the page of results."""
