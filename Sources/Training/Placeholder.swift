import Methods
