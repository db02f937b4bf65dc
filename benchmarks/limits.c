/* What the machine itself needs for a vault: list and stat every note (stat), or read it as well (read).
 *
 *     limits stat|read FOLDER
 *
 * Goes through the folder as followup does: files that end in .md, nothing that begins with a dot, no symbolic
 * links. Prints how many notes there are and how many bytes they have. Exits with 1 if something cannot be read.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long long notes, bytes;
static char buffer[1 << 16];

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int is_note(const char *name)
{
    size_t length = strlen(name);
    return length > 3 && strcmp(name + length - 3, ".md") == 0;
}

static void read_note(int folder, const char *name)
{
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW);
    ssize_t got;
    if (file < 0)
        fail(name);
    while ((got = read(file, buffer, sizeof buffer)) > 0)
        bytes += got;
    if (got < 0)
        fail(name);
    close(file);
}

static void walk(int folder, int reading)
{
    DIR *list = fdopendir(folder);
    struct dirent *entry;
    struct stat found;
    if (!list)
        fail("folder");
    while ((entry = readdir(list))) {
        const char *name = entry->d_name;
        if (name[0] == '.' || (entry->d_type == DT_REG && !is_note(name)))
            continue;
        if (entry->d_type != DT_DIR && fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) != 0)
            fail(name);
        if (entry->d_type == DT_DIR || S_ISDIR(found.st_mode)) {
            int below = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
            if (below < 0)
                fail(name);
            walk(below, reading);
        } else if (S_ISREG(found.st_mode) && is_note(name)) {
            notes++;
            if (reading)
                read_note(folder, name);
            else
                bytes += found.st_size;
        }
    }
    closedir(list);
}

int main(int count, char **words)
{
    int top;
    if (count != 3 || (strcmp(words[1], "stat") != 0 && strcmp(words[1], "read") != 0)) {
        fprintf(stderr, "usage: limits stat|read FOLDER\n");
        return 2;
    }
    top = open(words[2], O_RDONLY | O_DIRECTORY);
    if (top < 0)
        fail(words[2]);
    walk(top, strcmp(words[1], "read") == 0);
    printf("%lld %lld\n", notes, bytes);
    return 0;
}
