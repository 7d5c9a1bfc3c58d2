"""Papers that people read: typeset to PDF, with what people typed as data and never as markup."""
