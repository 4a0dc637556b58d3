/*
 * A read-only view of a folder in which every read the kernel asks for takes a given time longer:
 * a network file system to measure cold starts on, without a network.
 *
 * Why FUSE. A reader that maps a file and one that calls pread run on it unmodified, since the
 * delay sits below the page cache, where a network file system has its round trip: a page that is
 * cached costs nothing, one that is not costs a request, and the kernel's read-ahead merges and
 * overlaps requests just as it does on NFS. Delays inside the reader's process would not do: they
 * cannot see a page fault. A delayed block device would, but needs device mapper and a file system
 * of its own, counts blocks instead of reads, and adds the delay below read-ahead of metadata.
 *
 * What it does not imitate: bandwidth, jitter, a server's own cache, and the delay of opening and
 * listing (those are as fast as the folder below). The folder below has a page cache too: after
 * everything was dropped, the disk's own time comes on top, so put the files on a tmpfs where that
 * matters.
 *
 * Requests are served by up to MAX_THREADS threads, so as many overlap. The counts are in
 * /.slowfs-stats, as "reads N bytes N largest N"; truncating that file sets them to zero:
 *
 *     cat MOUNT/.slowfs-stats
 *     : > MOUNT/.slowfs-stats
 *
 * It can fail too. What is written to /.slowfs-faults holds until something else is:
 *
 *     echo eio > MOUNT/.slowfs-faults           every read fails with EIO
 *     echo estale > MOUNT/.slowfs-faults        every read and open fails with ESTALE
 *     echo stall 2000 > MOUNT/.slowfs-faults    every read takes 2000 ms longer
 *     echo none > MOUNT/.slowfs-faults          reads are well again
 *
 * What the kernel has cached of the files that were opened is forgotten each time, mapped pages too;
 * else most reads would not come here.
 *
 * See src/bench/sh/slowfs.sh for compiling and mounting.
 */
#define FUSE_USE_VERSION 312
#define _GNU_SOURCE

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#define STATS_PATH "/.slowfs-stats"
#define FAULTS_PATH "/.slowfs-faults"
#define STATS_LENGTH 128
/* Paths whose cached pages are forgotten when the fault changes. */
#define MAX_OPENED 4096
/* Handle of the open statistics. */
#define STATS_HANDLE UINT64_MAX
#define FAULTS_HANDLE (UINT64_MAX - 1)
#define MAX_READ (1 << 20)
#define MAX_THREADS 256

/* The metadata never changes under us, so the kernel need not ask again. */
#define FOREVER_SECONDS 86400.0

struct options {
    char *source;
    char *latency_ms;
};

static struct options options;
static struct timespec latency;
static int source_fd;

static atomic_ulong read_count;
static atomic_ulong byte_count;
static atomic_ulong largest;

static atomic_int read_error;
static atomic_int open_error;
static atomic_long stall_ms;

static pthread_mutex_t opened_lock = PTHREAD_MUTEX_INITIALIZER;
static char *opened_paths[MAX_OPENED];
static size_t opened_count;

static bool is_faults(const char *path)
{
    return strcmp(path, FAULTS_PATH) == 0;
}

static void remember_opened(const char *path)
{
    pthread_mutex_lock(&opened_lock);
    bool known = opened_count == MAX_OPENED;
    for (size_t i = 0; i < opened_count && !known; i++) {
        known = strcmp(opened_paths[i], path) == 0;
    }
    if (!known) {
        opened_paths[opened_count++] = strdup(path);
    }
    pthread_mutex_unlock(&opened_lock);
}

/* The kernel may be waiting for reads of these files, so this must not hold up the answer. */
static void *forget_cached(void *fuse)
{
    pthread_mutex_lock(&opened_lock);
    for (size_t i = 0; i < opened_count; i++) {
        fuse_invalidate_path(fuse, opened_paths[i]);
    }
    pthread_mutex_unlock(&opened_lock);
    return NULL;
}

static int set_faults(const char *command)
{
    long stall = 0;
    int reads = 0;
    int opens = 0;
    if (strncmp(command, "eio", 3) == 0) {
        reads = EIO;
    } else if (strncmp(command, "estale", 6) == 0) {
        reads = ESTALE;
        opens = ESTALE;
    } else if (strncmp(command, "stall ", 6) == 0) {
        stall = strtol(command + 6, NULL, 10);
    } else if (strncmp(command, "none", 4) != 0) {
        return -EINVAL;
    }
    atomic_store(&stall_ms, stall);
    atomic_store(&read_error, reads);
    atomic_store(&open_error, opens);
    pthread_t thread;
    if (pthread_create(&thread, NULL, forget_cached, fuse_get_context()->fuse) == 0) {
        pthread_detach(thread);
    }
    return 0;
}

static int slowfs_write(const char *path, const char *text, size_t size, off_t offset,
                        struct fuse_file_info *file)
{
    (void) path;
    (void) offset;
    char command[64] = "";
    if (file->fh != FAULTS_HANDLE || size >= sizeof command) {
        return -EINVAL;
    }
    memcpy(command, text, size);
    int failed = set_faults(command);
    return failed == 0 ? (int) size : failed;
}

static bool is_stats(const char *path)
{
    return strcmp(path, STATS_PATH) == 0;
}

/* Relative to source_fd, for the calls that end in "at". */
static const char *below(const char *path)
{
    return path[1] == '\0' ? "." : path + 1;
}

static int result(int returned)
{
    return returned == -1 ? -errno : 0;
}

static void wait_for(struct timespec left)
{
    while (nanosleep(&left, &left) == -1 && errno == EINTR) {
    }
}

static void wait_latency(void)
{
    long stall = atomic_load(&stall_ms);
    wait_for(latency);
    if (stall > 0) {
        wait_for((struct timespec) {.tv_sec = stall / 1000, .tv_nsec = stall % 1000 * 1000000});
    }
}

static void count_read(size_t size)
{
    atomic_fetch_add(&read_count, 1);
    atomic_fetch_add(&byte_count, size);
    unsigned long seen = atomic_load(&largest);
    while (size > seen && !atomic_compare_exchange_weak(&largest, &seen, size)) {
    }
}

static void reset_stats(void)
{
    atomic_store(&read_count, 0);
    atomic_store(&byte_count, 0);
    atomic_store(&largest, 0);
}

static int format_stats(char *text)
{
    return snprintf(text, STATS_LENGTH, "reads %lu bytes %lu largest %lu\n",
                    atomic_load(&read_count), atomic_load(&byte_count), atomic_load(&largest));
}

static void *slowfs_init(struct fuse_conn_info *connection, struct fuse_config *config)
{
    connection->max_read = MAX_READ;
    /* The kernel derives the pages of a request from the largest write, reads too. */
    connection->max_write = MAX_READ;
    /* The default of 12 would queue parallel reads in the kernel, one latency after the other. */
    connection->max_background = MAX_THREADS;
    connection->congestion_threshold = MAX_THREADS;
    connection->max_readahead = UINT_MAX;
    config->kernel_cache = 1;
    config->attr_timeout = FOREVER_SECONDS;
    config->entry_timeout = FOREVER_SECONDS;
    return NULL;
}

static void stats_attributes(struct stat *attributes)
{
    memset(attributes, 0, sizeof *attributes);
    attributes->st_mode = S_IFREG | 0644;
    attributes->st_nlink = 1;
    attributes->st_size = STATS_LENGTH;
}

static int slowfs_getattr(const char *path, struct stat *attributes, struct fuse_file_info *file)
{
    (void) file;
    if (is_stats(path) || is_faults(path)) {
        stats_attributes(attributes);
        return 0;
    }
    return result(fstatat(source_fd, below(path), attributes, AT_SYMLINK_NOFOLLOW));
}

static int slowfs_open(const char *path, struct fuse_file_info *file)
{
    if (is_stats(path)) {
        file->direct_io = 1;
        file->fh = STATS_HANDLE;
        return 0;
    }
    if (is_faults(path)) {
        file->direct_io = 1;
        file->fh = FAULTS_HANDLE;
        return 0;
    }
    if ((file->flags & O_ACCMODE) != O_RDONLY) {
        return -EROFS;
    }
    if (atomic_load(&open_error) != 0) {
        return -atomic_load(&open_error);
    }
    remember_opened(path);
    int opened = openat(source_fd, below(path), O_RDONLY);
    if (opened == -1) {
        return -errno;
    }
    /* Read-ahead is the business of the kernel above; below it would only read in vain. */
    posix_fadvise(opened, 0, 0, POSIX_FADV_RANDOM);
    file->fh = (uint64_t) opened;
    file->keep_cache = 1;
    return 0;
}

static int slowfs_release(const char *path, struct fuse_file_info *file)
{
    (void) path;
    if (file->fh < FAULTS_HANDLE) {
        close((int) file->fh);
    }
    return 0;
}

static int read_stats(char *buffer, size_t size, off_t offset)
{
    char text[STATS_LENGTH];
    int length = format_stats(text);
    if (offset >= length) {
        return 0;
    }
    size_t rest = (size_t) (length - offset);
    size_t copied = rest < size ? rest : size;
    memcpy(buffer, text + offset, copied);
    return (int) copied;
}

/* From the answer's whole size: a short answer would be read as the end of the file. */
static int read_fully(int file, char *buffer, size_t size, off_t offset)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(file, buffer + done, size - done, offset + (off_t) done);
        if (got == -1) {
            return -errno;
        }
        if (got == 0) {
            break;
        }
        done += (size_t) got;
    }
    return (int) done;
}

static int slowfs_read(const char *path, char *buffer, size_t size, off_t offset,
                       struct fuse_file_info *file)
{
    (void) path;
    if (file->fh == STATS_HANDLE) {
        return read_stats(buffer, size, offset);
    }
    if (file->fh == FAULTS_HANDLE) {
        return 0;
    }
    count_read(size);
    wait_latency();
    if (atomic_load(&read_error) != 0) {
        return -atomic_load(&read_error);
    }
    return read_fully((int) file->fh, buffer, size, offset);
}

static int slowfs_truncate(const char *path, off_t size, struct fuse_file_info *file)
{
    (void) size;
    (void) file;
    if (is_stats(path)) {
        reset_stats();
    }
    return is_stats(path) || is_faults(path) ? 0 : -EROFS;
}

static int slowfs_readlink(const char *path, char *buffer, size_t size)
{
    ssize_t length = readlinkat(source_fd, below(path), buffer, size - 1);
    if (length == -1) {
        return -errno;
    }
    buffer[length] = '\0';
    return 0;
}

static int slowfs_readdir(const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset,
                          struct fuse_file_info *file, enum fuse_readdir_flags flags)
{
    (void) offset;
    (void) file;
    (void) flags;
    int folder = openat(source_fd, below(path), O_RDONLY | O_DIRECTORY);
    DIR *entries = folder == -1 ? NULL : fdopendir(folder);
    if (entries == NULL) {
        return -errno;
    }
    for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        struct stat attributes = {.st_ino = entry->d_ino, .st_mode = entry->d_type << 12};
        fill(buffer, entry->d_name, &attributes, 0, 0);
    }
    closedir(entries);
    return 0;
}

static int slowfs_statfs(const char *path, struct statvfs *attributes)
{
    (void) path;
    return result(fstatvfs(source_fd, attributes));
}

static const struct fuse_operations operations = {
    .init = slowfs_init,
    .getattr = slowfs_getattr,
    .open = slowfs_open,
    .release = slowfs_release,
    .read = slowfs_read,
    .write = slowfs_write,
    .truncate = slowfs_truncate,
    .readlink = slowfs_readlink,
    .readdir = slowfs_readdir,
    .statfs = slowfs_statfs,
};

static const struct fuse_opt accepted[] = {
    {"source=%s", offsetof(struct options, source), 0},
    {"latency_ms=%s", offsetof(struct options, latency_ms), 0},
    FUSE_OPT_END,
};

static int usage(void)
{
    fprintf(stderr, "usage: slowfs MOUNT -o source=FOLDER,latency_ms=NUMBER[,FUSE options]\n");
    return 2;
}

static bool parse_latency(void)
{
    char *end = NULL;
    double milliseconds = options.latency_ms == NULL ? -1 : strtod(options.latency_ms, &end);
    if (milliseconds < 0 || end == options.latency_ms || *end != '\0') {
        return false;
    }
    latency.tv_sec = (time_t) (milliseconds / 1000);
    latency.tv_nsec = (long) ((milliseconds - 1000.0 * (double) latency.tv_sec) * 1e6);
    return true;
}

static bool add_fixed_options(struct fuse_args *arguments)
{
    char fixed[128];
    snprintf(fixed, sizeof fixed, "-omax_read=%d,max_threads=%d,max_idle_threads=%d,fsname=slowfs",
             MAX_READ, MAX_THREADS, MAX_THREADS);
    return fuse_opt_add_arg(arguments, fixed) == 0;
}

int main(int count, char **values)
{
    struct fuse_args arguments = FUSE_ARGS_INIT(count, values);
    if (fuse_opt_parse(&arguments, &options, accepted, NULL) == -1 || options.source == NULL
        || !parse_latency() || !add_fixed_options(&arguments)) {
        return usage();
    }
    source_fd = open(options.source, O_RDONLY | O_DIRECTORY);
    if (source_fd == -1) {
        perror(options.source);
        return 1;
    }
    int status = fuse_main(arguments.argc, arguments.argv, &operations, NULL);
    fuse_opt_free_args(&arguments);
    return status;
}
