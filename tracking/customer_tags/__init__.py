"""Tags of customers beside their orders: orders by the tags that they were priced with, and files of tags."""
