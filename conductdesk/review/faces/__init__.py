"""What an auditor is shown: never who reported, and the parties by their aliases."""
