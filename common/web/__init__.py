"""What pages of all apps share: forms and their messages, lists, refusals, error pages, htmx."""
