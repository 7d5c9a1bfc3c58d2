"""The rules of the title, free of Flask, SQL and the clock."""
