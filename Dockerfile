# The class run of an instructor, in a container: docs/instructors.md has the commands.
FROM python:3.13-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap \
    && rm -rf /var/lib/apt/lists/*
COPY . /kit
RUN pip install --no-cache-dir "/kit[instructor]" \
    && rm -rf /kit
# Any user of the host may run it, and this folder takes what libraries keep.
ENV HOME=/tmp
WORKDIR /class
ENTRYPOINT ["grade"]
CMD ["class", "--help"]
