"""Tables in files: csv, csv.gz, xlsx and xls, read (`read.py`) and written (`write.py`). No Django, no database."""
