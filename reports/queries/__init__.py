"""The one query layer of the reports: filters, figures and tables, from rollups alone."""
