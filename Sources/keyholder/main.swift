print("keyholder")
