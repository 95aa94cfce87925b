"""What the marts say, for the command line and the workbooks: progress, rates, traces, missing reports."""
