"""The static site of what was released to the public: made of the released files alone."""
