/*
 * Preloaded into a process and all that it starts: counts the calls that change files, over all of them together, and at
 * the n-th one kills the whole group with SIGKILL, before the call or after it, or lets it fail with an errno. Everything is
 * read from the environment: TRIAL_COUNTER (a file of 8 bytes, shared), TRIAL_AT (0: count alone), TRIAL_AFTER, TRIAL_ERRNO,
 * TRIAL_UNDER (paths elsewhere do not count), TRIAL_GROUP (the group to kill).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static long *counter;
static long at, after, fails;
static char under[PATH_MAX];
static pid_t group;
static int ready;

static void begin(void) {
  if (ready) return;
  ready = 1;
  const char *file = getenv("TRIAL_COUNTER"), *root = getenv("TRIAL_UNDER");
  if (!file || !root) return;
  at = atol(getenv("TRIAL_AT") ? getenv("TRIAL_AT") : "0");
  after = atol(getenv("TRIAL_AFTER") ? getenv("TRIAL_AFTER") : "0");
  fails = atol(getenv("TRIAL_ERRNO") ? getenv("TRIAL_ERRNO") : "0");
  group = atol(getenv("TRIAL_GROUP") ? getenv("TRIAL_GROUP") : "0");
  snprintf(under, sizeof under, "%s", root);
  int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
  int fd = real(file, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *map = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (map != MAP_FAILED) counter = map;
}

__attribute__((constructor)) static void start(void) { begin(); }

static int inside(const char *path) {
  begin();
  if (!counter || !path) return 0;
  if (path[0] == '/') return strncmp(path, under, strlen(under)) == 0;
  char cwd[PATH_MAX];
  return getcwd(cwd, sizeof cwd) && strncmp(cwd, under, strlen(under)) == 0;
}

static int inside_fd(int fd) {
  begin();
  if (!counter || fd < 3) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n <= 0) return 0;
  path[n] = 0;
  return strncmp(path, under, strlen(under)) == 0;
}

static void strike(void) {
  kill(group > 0 ? -group : 0, SIGKILL);
  for (;;) pause();
}

/* 0: go on; 1: strike when it is done; -1: fail. */
static int count(void) {
  long now = __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
  if (at == 0 || now < at) return 0;
  if (fails) {
    errno = (int)fails;
    return -1;
  }
  if (now > at) {
    /* Others are being killed just now: none of them does anything more. */
    if (!after) for (;;) pause();
    return 0;
  }
  if (!after) strike();
  return 1;
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, name)
#define AROUND(type, is_inside, call) \
  int what = (is_inside) ? count() : 0; \
  if (what < 0) return -1; \
  type result = call; \
  if (what > 0) strike(); \
  return result

int rename(const char *a, const char *b) { REAL(int, "rename", const char *, const char *); AROUND(int, inside(b), real(a, b)); }
int link(const char *a, const char *b) { REAL(int, "link", const char *, const char *); AROUND(int, inside(b), real(a, b)); }
int unlink(const char *a) {
  REAL(int, "unlink", const char *);
  if (fails) return real(a);
  AROUND(int, inside(a), real(a));
}
int mkdir(const char *a, mode_t m) { REAL(int, "mkdir", const char *, mode_t); AROUND(int, inside(a), real(a, m)); }
int rmdir(const char *a) { REAL(int, "rmdir", const char *); if (fails) return real(a); AROUND(int, inside(a), real(a)); }
int fsync(int fd) { REAL(int, "fsync", int); AROUND(int, inside_fd(fd), real(fd)); }
int fdatasync(int fd) { REAL(int, "fdatasync", int); AROUND(int, inside_fd(fd), real(fd)); }
int ftruncate(int fd, off_t n) { REAL(int, "ftruncate", int, off_t); if (fails) return real(fd, n); AROUND(int, inside_fd(fd), real(fd, n)); }
int ftruncate64(int fd, off64_t n) { REAL(int, "ftruncate64", int, off64_t); if (fails) return real(fd, n); AROUND(int, inside_fd(fd), real(fd, n)); }
ssize_t write(int fd, const void *p, size_t n) { REAL(ssize_t, "write", int, const void *, size_t); AROUND(ssize_t, inside_fd(fd), real(fd, p, n)); }
ssize_t pwrite(int fd, const void *p, size_t n, off_t o) { REAL(ssize_t, "pwrite", int, const void *, size_t, off_t); AROUND(ssize_t, inside_fd(fd), real(fd, p, n, o)); }
ssize_t pwrite64(int fd, const void *p, size_t n, off64_t o) { REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t); AROUND(ssize_t, inside_fd(fd), real(fd, p, n, o)); }
ssize_t writev(int fd, const struct iovec *v, int n) { REAL(ssize_t, "writev", int, const struct iovec *, int); AROUND(ssize_t, inside_fd(fd), real(fd, v, n)); }

static int makes(int flags) { return (flags & (O_CREAT | O_TRUNC)) != 0; }
#define MODE mode_t mode = 0; if (flags & (O_CREAT | __O_TMPFILE)) { va_list list; va_start(list, flags); mode = va_arg(list, mode_t); va_end(list); }
int open(const char *a, int flags, ...) { MODE REAL(int, "open", const char *, int, ...); AROUND(int, makes(flags) && inside(a), real(a, flags, mode)); }
int open64(const char *a, int flags, ...) { MODE REAL(int, "open64", const char *, int, ...); AROUND(int, makes(flags) && inside(a), real(a, flags, mode)); }
int openat(int d, const char *a, int flags, ...) { MODE REAL(int, "openat", int, const char *, int, ...); AROUND(int, makes(flags) && inside(a), real(d, a, flags, mode)); }
int openat64(int d, const char *a, int flags, ...) { MODE REAL(int, "openat64", int, const char *, int, ...); AROUND(int, makes(flags) && inside(a), real(d, a, flags, mode)); }
