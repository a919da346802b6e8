"""What the product is measured against: floors without it, and what a user might pick instead."""
