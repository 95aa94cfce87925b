"""The steps in order: receive, build, remind, publish. The DAGs and the command line both call these."""
