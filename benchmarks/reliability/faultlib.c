/* LD_PRELOAD library that makes system calls on files below one folder fail, or kills the process at one of them.
 *
 * Used by kill.py and faults.py: the process arms it (see arm below), everything that it then does to files below the
 * folder is counted, whoever does it: Python, SQLite, libc. Calls on other files pass. Linux with glibc.
 * Build: gcc -shared -fPIC -O2 -o faultlib.so faultlib.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>

enum mode { OFF, COUNT, FAIL_ONCE, FAIL_ON, KILL_BEFORE, KILL_AFTER, SHORT_ON };
enum class_ {
    OPEN_NEW = 1, WRITE = 2, SYNC = 4, RENAME = 8, UNLINK = 16, RESIZE = 32, RIGHTS = 64, OPEN_OLD = 128, READ = 256
};

static char folder[4096];
static size_t folder_length;
static enum mode mode;
static int error_number;
static unsigned classes;
static long nth;
static atomic_long counted, fired;
static char where[256];

/* Begin to count calls of these classes below the folder (absolute, no link in it); the nth (from 1) is the one. */
void fault_arm(const char *path, long number, int error, int how, unsigned which) {
    mode = OFF;
    strncpy(folder, path, sizeof folder - 1);
    folder_length = strlen(folder);
    nth = number;
    error_number = error;
    classes = which;
    atomic_store(&counted, 0);
    atomic_store(&fired, 0);
    where[0] = 0;
    mode = how;
}

long fault_count(void) { return atomic_load(&counted); }
long fault_fired(void) { return atomic_load(&fired); }
const char *fault_where(void) { return where; }

static int below(const char *path) {
    return path && !strncmp(path, folder, folder_length) && (path[folder_length] == '/' || !path[folder_length]);
}

static int fd_below(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return below(path);
}

/* 0: let it pass; 1: fail it; 2: cut it short; 3: kill after it. */
static int verdict(enum class_ class_, const char *call, const char *path) {
    if (mode == OFF || !(classes & class_)) return 0;
    long number = atomic_fetch_add(&counted, 1) + 1;
    if (mode == COUNT) return 0;
    int now = mode == FAIL_ON || mode == SHORT_ON ? number >= nth : number == nth;
    if (!now) return 0;
    if (atomic_fetch_add(&fired, 1) == 0) {
        const char *name = path ? strrchr(path, '/') : 0;
        snprintf(where, sizeof where, "%s %s", call, name ? name + 1 : "");
    }
    if (mode == KILL_BEFORE) kill(getpid(), SIGKILL);
    if (mode == KILL_AFTER) return 3;
    if (mode == SHORT_ON) return 2;
    return 1;
}

static int fd_verdict(enum class_ class_, const char *call, int fd) {
    if (mode == OFF || !(classes & class_) || !fd_below(fd)) return 0;
    char link[64], path[4096] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length > 0) path[length] = 0;
    return verdict(class_, call, path);
}

static int path_verdict(enum class_ class_, const char *call, const char *path) {
    return mode != OFF && below(path) ? verdict(class_, call, path) : 0;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);
#define FINISH(type, result) \
    type outcome = (result); \
    if (what == 3) kill(getpid(), SIGKILL); \
    return outcome;
#define FAIL do { if (what == 1) { errno = error_number; return -1; } } while (0)

static enum class_ opening(int flags) { return flags & (O_CREAT | O_WRONLY | O_RDWR) ? OPEN_NEW : OPEN_OLD; }

#define OPENER(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name) \
        va_list rest; va_start(rest, flags); \
        mode_t rights = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        int what = path_verdict(opening(flags), "open", path); FAIL; \
        FINISH(int, real(path, flags, rights)) }
OPENER(open)
OPENER(open64)

#define OPENER_AT(name) \
    int name(int at, const char *path, int flags, ...) { \
        REAL(name) \
        va_list rest; va_start(rest, flags); \
        mode_t rights = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        int what = path_verdict(opening(flags), "openat", path); FAIL; \
        FINISH(int, real(at, path, flags, rights)) }
OPENER_AT(openat)
OPENER_AT(openat64)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write)
    int what = fd_verdict(WRITE, "write", fd); FAIL;
    if (what == 2 && size > 1) size = (size + 1) / 2;
    FINISH(ssize_t, real(fd, data, size))
}
#define PWRITE(name, offset_t) \
    ssize_t name(int fd, const void *data, size_t size, offset_t at) { \
        REAL(name) \
        int what = fd_verdict(WRITE, "pwrite", fd); FAIL; \
        if (what == 2 && size > 1) size = (size + 1) / 2; \
        FINISH(ssize_t, real(fd, data, size, at)) }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t read(int fd, void *data, size_t size) {
    REAL(read)
    int what = fd_verdict(READ, "read", fd); FAIL;
    FINISH(ssize_t, real(fd, data, size))
}
#define PREAD(name, offset_t) \
    ssize_t name(int fd, void *data, size_t size, offset_t at) { \
        REAL(name) \
        int what = fd_verdict(READ, "pread", fd); FAIL; \
        FINISH(ssize_t, real(fd, data, size, at)) }
PREAD(pread, off_t)
PREAD(pread64, off64_t)

#define ON_FD(name, class_, parameters, arguments) \
    int name parameters { \
        REAL(name) \
        int what = fd_verdict(class_, #name, fd); FAIL; \
        FINISH(int, real arguments) }
ON_FD(fsync, SYNC, (int fd), (fd))
ON_FD(fdatasync, SYNC, (int fd), (fd))
ON_FD(ftruncate, RESIZE, (int fd, off_t size), (fd, size))
ON_FD(ftruncate64, RESIZE, (int fd, off64_t size), (fd, size))
ON_FD(fallocate, RESIZE, (int fd, int how, off_t at, off_t size), (fd, how, at, size))
ON_FD(fallocate64, RESIZE, (int fd, int how, off64_t at, off64_t size), (fd, how, at, size))
ON_FD(fchown, RIGHTS, (int fd, uid_t user, gid_t group), (fd, user, group))
ON_FD(fchmod, RIGHTS, (int fd, mode_t rights), (fd, rights))
ON_FD(futimens, RIGHTS, (int fd, const struct timespec times[2]), (fd, times))
ON_FD(fsetxattr, RIGHTS, (int fd, const char *name, const void *value, size_t size, int flags),
      (fd, name, value, size, flags))

#define ON_PATH(name, class_, which, parameters, arguments) \
    int name parameters { \
        REAL(name) \
        int what = path_verdict(class_, #name, which); FAIL; \
        FINISH(int, real arguments) }
ON_PATH(rename, RENAME, to, (const char *from, const char *to), (from, to))
ON_PATH(renameat, RENAME, to, (int at, const char *from, int there, const char *to), (at, from, there, to))
ON_PATH(renameat2, RENAME, to, (int at, const char *from, int there, const char *to, unsigned int flags),
        (at, from, there, to, flags))
ON_PATH(link, RENAME, to, (const char *from, const char *to), (from, to))
ON_PATH(linkat, RENAME, to, (int at, const char *from, int there, const char *to, int flags),
        (at, from, there, to, flags))
ON_PATH(unlink, UNLINK, path, (const char *path), (path))
ON_PATH(unlinkat, UNLINK, path, (int at, const char *path, int flags), (at, path, flags))
ON_PATH(mkdir, OPEN_NEW, path, (const char *path, mode_t rights), (path, rights))
ON_PATH(chmod, RIGHTS, path, (const char *path, mode_t rights), (path, rights))
ON_PATH(fchmodat, RIGHTS, path, (int at, const char *path, mode_t rights, int flags), (at, path, rights, flags))
ON_PATH(chown, RIGHTS, path, (const char *path, uid_t user, gid_t group), (path, user, group))
ON_PATH(utimensat, RIGHTS, path, (int at, const char *path, const struct timespec times[2], int flags),
        (at, path, times, flags))
ON_PATH(setxattr, RIGHTS, path, (const char *path, const char *name, const void *value, size_t size, int flags),
        (path, name, value, size, flags))
