"""What tests are made of: agencies, people, dossiers."""
