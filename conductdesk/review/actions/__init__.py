"""What an auditor does; every act leaves exactly one action entry."""
