"""`python -m supervisor.supervisord`."""
from supervisor._programs import become


def main():
    become("supervisord")


if __name__ == "__main__":
    main()
