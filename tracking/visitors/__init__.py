"""What is known of a visitor at a click or a conversion: browser, system, device, country and region, IP address."""
