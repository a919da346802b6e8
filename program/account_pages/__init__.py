"""Pages under a program's settings that concern its account: team, API tokens, audit log."""
