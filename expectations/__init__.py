"""What must hold: Great Expectations suites, one file a table, and the gate that runs them."""
