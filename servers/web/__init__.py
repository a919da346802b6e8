"""The web server: granian takes the connections, an event loop reads requests whole, threads run Django."""
