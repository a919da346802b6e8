"""Steps as pages: the list of clicks, impressions and visits, and each with the orders that name it or go by it."""
