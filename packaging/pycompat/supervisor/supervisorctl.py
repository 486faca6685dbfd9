"""`python -m supervisor.supervisorctl`."""
from supervisor._programs import become


def main():
    become("supervisorctl")


if __name__ == "__main__":
    main()
