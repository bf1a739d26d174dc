# The class run of an instructor, in a container; docs/instructors.md has the command.
FROM python:3.13-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap \
    && rm -rf /var/lib/apt/lists/*
COPY . /kit
RUN pip install --no-cache-dir "/kit[instructor]" \
    && rm -rf /kit \
    && useradd --create-home --shell /bin/sh instructor
USER instructor
WORKDIR /class
ENTRYPOINT ["grade"]
CMD ["class", "--help"]
