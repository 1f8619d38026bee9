"""Every partner of Gerbang simulated on its real wire; imports nothing of the house. DATA CONTOH."""
