/* Faults below Python, for the tests of the store: loaded before the C library (LD_PRELOAD), it counts the
 * calls that change the files of one folder, lets the Nth of them fail or end the process, and can write
 * down all of them, so that a power cut can be played at any point. Off until a test arms it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OPEN = 1, WRITE = 2, SYNC = 4, RENAME = 8, TRUNCATE = 16, UNLINK = 32 };
enum { MOST = 4096 };

static char folder[1024];
static size_t folder_length;
static unsigned char ours[MOST];
static int kinds, error_number, sticky, fired;
static long counted, wanted;
static int trace = -1;

/* -- what a test calls */

void fault_folder(const char *path) {
    strncpy(folder, path, sizeof folder - 1);
    folder_length = strlen(folder);
}

/* The `nth` call of these kinds fails with `error`, with `lasting` all later ones too; error 0 ends the
 * process by SIGKILL instead. nth 0 only counts. */
void fault_arm(int which, long nth, int error, int lasting) {
    kinds = which, wanted = nth, error_number = error, sticky = lasting;
    counted = 0, fired = 0;
}

void fault_disarm(void) { kinds = 0; }
long fault_counted(void) { return counted; }
int fault_fired(void) { return fired; }

static void note(char what, int64_t number, int64_t at, const void *data, uint32_t length) {
    struct iovec parts[5] = {{&what, 1}, {&number, 8}, {&at, 8}, {&length, 4}, {(void *)data, length}};
    if (trace >= 0) syscall(SYS_writev, trace, parts, 5);
}

int fault_trace(const char *path) {
    trace = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    return trace;
}

void fault_mark(long number) { note('M', number, 0, "", 0); }

void fault_trace_end(void) {
    if (trace >= 0) syscall(SYS_close, trace);
    trace = -1;
}

/* -- what stands between a program and the C library */

static int inside(const char *path) {
    return folder_length && path && !strncmp(path, folder, folder_length) &&
           (path[folder_length] == '/' || !path[folder_length]);
}

static int known(int file) { return file >= 0 && file < MOST && ours[file]; }

/* Whether this call has to fail. */
static int fails(int kind) {
    if (!(kinds & kind)) return 0;
    counted++;
    if (!wanted || counted < wanted || (counted > wanted && !sticky)) return 0;
    fired = 1;
    if (!error_number) kill(getpid(), SIGKILL);
    errno = error_number;
    return 1;
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static int opened(int file, const char *path) {
    if (file >= 0 && file < MOST) {
        ours[file] = inside(path);
        if (ours[file]) note('O', file, 0, path, strlen(path));
    }
    return file;
}

#define OPENING(name)                                                                                          \
    int name(const char *path, int flags, ...) {                                                               \
        va_list rest;                                                                                          \
        va_start(rest, flags);                                                                                 \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                \
        va_end(rest);                                                                                          \
        REAL(name);                                                                                            \
        if (inside(path) && flags & (O_WRONLY | O_RDWR) && fails(OPEN)) return -1;                             \
        int file = opened(real(path, flags, mode), path);                                                      \
        if (known(file) && flags & O_TRUNC) note('T', file, 0, "", 0);                                         \
        return file;                                                                                           \
    }

OPENING(open)
OPENING(open64)

#define OPENING_AT(name)                                                                                       \
    int name(int where, const char *path, int flags, ...) {                                                    \
        va_list rest;                                                                                          \
        va_start(rest, flags);                                                                                 \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                \
        va_end(rest);                                                                                          \
        REAL(name);                                                                                            \
        if (inside(path) && flags & (O_WRONLY | O_RDWR) && fails(OPEN)) return -1;                             \
        int file = opened(real(where, path, flags, mode), path);                                               \
        if (known(file) && flags & O_TRUNC) note('T', file, 0, "", 0);                                         \
        return file;                                                                                           \
    }

OPENING_AT(openat)
OPENING_AT(openat64)

int close(int file) {
    REAL(close);
    if (known(file)) ours[file] = 0;
    return real(file);
}

ssize_t write(int file, const void *data, size_t length) {
    REAL(write);
    if (!known(file)) return real(file, data, length);
    if (fails(WRITE)) return -1;
    off_t at = lseek(file, 0, SEEK_CUR);
    ssize_t done = real(file, data, length);
    if (done > 0) note('W', file, at, data, done);
    return done;
}

#define WRITING_AT(name, offset)                                                                               \
    ssize_t name(int file, const void *data, size_t length, offset at) {                                       \
        REAL(name);                                                                                            \
        if (!known(file)) return real(file, data, length, at);                                                 \
        if (fails(WRITE)) return -1;                                                                           \
        ssize_t done = real(file, data, length, at);                                                           \
        if (done > 0) note('W', file, at, data, done);                                                         \
        return done;                                                                                           \
    }

WRITING_AT(pwrite, off_t)
WRITING_AT(pwrite64, off64_t)

#define SYNCING(name)                                                                                          \
    int name(int file) {                                                                                       \
        REAL(name);                                                                                            \
        if (!known(file)) return real(file);                                                                   \
        if (fails(SYNC)) return -1;                                                                            \
        note('S', file, 0, "", 0);                                                                             \
        return 0; /* what is durable is decided by the trace: no need to wait for this machine's disk */       \
    }

SYNCING(fsync)
SYNCING(fdatasync)

#define TRUNCATING(name, offset)                                                                               \
    int name(int file, offset length) {                                                                        \
        REAL(name);                                                                                            \
        if (!known(file)) return real(file, length);                                                           \
        if (fails(TRUNCATE)) return -1;                                                                        \
        note('T', file, length, "", 0);                                                                        \
        return real(file, length);                                                                             \
    }

TRUNCATING(ftruncate, off_t)
TRUNCATING(ftruncate64, off64_t)

int rename(const char *from, const char *to) {
    REAL(rename);
    if (!inside(from)) return real(from, to);
    if (fails(RENAME)) return -1;
    int done = real(from, to);
    if (!done) {
        note('R', 0, 0, from, strlen(from));
        note('r', 0, 0, to, strlen(to));
    }
    return done;
}

int unlink(const char *path) {
    REAL(unlink);
    if (!inside(path)) return real(path);
    if (fails(UNLINK)) return -1;
    int done = real(path);
    if (!done) note('U', 0, 0, path, strlen(path));
    return done;
}

/* Whoever copies within the kernel is sent back to read and write. */
ssize_t sendfile64(int to, int from, off64_t *at, size_t length) {
    REAL(sendfile64);
    if (!known(to)) return real(to, from, at, length);
    errno = ENOTSOCK;
    return -1;
}

ssize_t sendfile(int to, int from, off_t *at, size_t length) {
    REAL(sendfile);
    if (!known(to)) return real(to, from, at, length);
    errno = ENOTSOCK;
    return -1;
}
