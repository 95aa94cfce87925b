"""What the officer does who runs a province's reporting: decides, keeps the contacts, sees what waits."""
