// The explorer: reads the contract and shows it.
