from followup_md.cli import script

if __name__ == "__main__":
    script()
