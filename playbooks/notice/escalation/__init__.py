"""What follows while nobody answers: reminders, calls, marks of what is overdue, supervision."""
