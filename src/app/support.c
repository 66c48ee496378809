/* `usher support`: one file for whoever is asked for help, without a secret and without a person in
 * it: how the program, its settings, its server and its files are. What the server knows it tells
 * over the control socket; where nobody serves the directory, the file says that. */
#include "app/box_office.h"
#include "app/command.h"
#include "app/control_client.h"
#include "app/control_socket.h"
#include "app/settings_page.h"
#include "engine/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Files of a data directory: some ten, and copies that somebody left there. */
#define FILES_MAX 1000

static void begin_section(FILE *file, const char *title)
{
    fprintf(file, "\n== %s ==\n", title);
}

static void tell_program(FILE *file)
{
    char now[TIMESTAMP_TEXT_BYTES];
    struct utsname system;
    timestamp_format(wall_now(), now);
    fprintf(file, "usher " USHER_VERSION "\nwritten: %s\ncores: %zu\n", now, box_office_cores());
    if (uname(&system) == 0) /* its name of the machine is nobody's business */
        fprintf(file, "system: %s %s %s\n", system.sysname, system.release, system.machine);
}

/* What the server says to a question, or why it does not. */
static void put_reply(FILE *file, const char *title, const char *directory, enum control_verb verb)
{
    const struct control_request request = {.verb = verb};
    struct explanation explanation;
    struct buffer answer;
    buffer_init(&answer, CONTROL_ANSWER_BYTES_MAX);
    begin_section(file, title);
    if (control_ask(directory, &request, &answer, &explanation) == RESULT_OK)
        (void)fwrite(answer.data, 1, answer.length, file); /* the file's end looks for a failure */
    else
        fprintf(file, "not known: %s\n", explanation.text);
    buffer_release(&answer);
}

/* The settings as this command has them, which are a server's where both were given the same. */
static void tell_own_settings(FILE *file, const struct config *config)
{
    struct buffer page;
    buffer_init(&page, CONTROL_ANSWER_BYTES_MAX);
    begin_section(file, "settings of this command");
    if (settings_page(config, &page) == RESULT_OK)
        (void)fwrite(page.data, 1, page.length, file);
    else
        fprintf(file, "not known: no memory\n");
    buffer_release(&page);
}

static void tell_files(FILE *file, const char *path)
{
    begin_section(file, "files");
    DIR *directory = opendir(path);
    if (directory == NULL) {
        fprintf(file, "not known: %s\n", strerror(errno)); /* NOLINT: there is one thread */
        return;
    }
    const struct dirent *entry;
    for (unsigned count = 0; count < FILES_MAX; count++) {
        struct stat found;
        if ((entry = readdir(directory)) == NULL) /* NOLINT: there is one thread */
            break;
        if (entry->d_name[0] == '.' ||
            fstatat(dirfd(directory), entry->d_name, &found, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        fprintf(file, "%s: %lld bytes, mode %04o, user %u\n", entry->d_name,
                (long long)found.st_size, (unsigned)found.st_mode & 07777u, (unsigned)found.st_uid);
    }
    (void)closedir(directory);
    struct statvfs disk;
    if (statvfs(path, &disk) == 0)
        fprintf(file, "free on the disk: %llu bytes\n",
                (unsigned long long)disk.f_bavail * disk.f_frsize);
}

static void put_sections(FILE *file, const struct config *config)
{
    tell_program(file);
    put_reply(file, "status", config->data, CONTROL_STATUS);
    put_reply(file, "settings of the server", config->data, CONTROL_SETTINGS);
    tell_own_settings(file, config);
    put_reply(file, "check", config->data, CONTROL_CHECK);
    tell_files(file, config->data);
    put_reply(file, "metrics", config->data, CONTROL_METRICS);
}

/* A new file that only its owner may read. */
static FILE *open_new(const char *path)
{
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return descriptor < 0 ? NULL : fdopen(descriptor, "w");
}

static enum command_status write_support(const struct config *config,
                                         const struct command_line *line)
{
    const char *path = line->operands[0];
    struct explanation explanation;
    if (strcmp(path, "-") == 0) {
        put_sections(stdout, config);
        return COMMAND_DONE;
    }
    FILE *file = open_new(path);
    if (file == NULL) {
        (void)explain(&explanation, RESULT_IO, "%s: %m", path);
        return command_failed(&explanation);
    }
    put_sections(file, config);
    const bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed) {
        (void)explain(&explanation, RESULT_IO, "%s could not be written whole", path);
        return command_failed(&explanation);
    }
    printf("usher: %s tells how it is; look through it before you send it\n", path);
    return COMMAND_DONE;
}

enum command_status command_support(int argument_count, char *const *arguments)
{
    struct command_line line = {.operand_count = 1, .operand_name = "the FILE to be written"};
    return command_perform(&line, argument_count, arguments, write_support);
}
