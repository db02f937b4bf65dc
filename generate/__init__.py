"""What is made from the commands and kept in the repository: ``python -m generate`` writes it anew."""
