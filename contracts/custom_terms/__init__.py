"""Custom terms: texts that the brand keeps in versions, attaches to terms and shows as Markdown without HTML."""
