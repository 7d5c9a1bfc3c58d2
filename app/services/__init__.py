"""What people do, one verb at a time. Each act checks its rules, writes, and leaves a record."""
