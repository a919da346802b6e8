"""Orders of one line for the brand of the benchmarks; needs no Django, for the senders of the load."""

from typing import Any

PARTNERS = 40


def one_line_order(number: int, when: str) -> dict[str, Any]:
    """A conversion with one item, as a brand sends it; customers come back, a third of them from abroad."""
    return {
        "CampaignId": 1000,
        "EventTypeCode": "SALE",
        "EventDate": when,
        "OrderId": f"B-{number}",
        "MediaPartnerId": f"P-{number % PARTNERS + 1:03d}",
        "CustomerId": f"C-{number % 20_000}",
        "CustomerStatus": ("new", "repeat", "lapsed", "repeat")[number % 4],
        "CustomerCountry": ("GB", "GB", "DE")[number % 3],
        "CurrencyCode": "GBP",
        "Items": [
            {
                "ItemSku": f"SKU-{number % 500}",
                "ItemName": "BLUE POLKADOT WRAP",
                "ItemCategory": "Gifts",
                "ItemPrice": f"{number % 90 + 5}.95",
                "ItemQuantity": str(number % 3 + 1),
            }
        ],
    }
