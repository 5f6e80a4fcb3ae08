#include <ansatz/files/atomic_file.hpp>
#include <ansatz/files/tensor_file.hpp>

#include <catch2/catch.hpp>
#include <dsl/exceptions.hpp>

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <functional>
#include <vector>

#include "data/temporary_file.hpp"
#include "serial/bytes.hpp"

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

void save(const std::string& path, std::string_view bytes,
          Overwrite overwrite = Overwrite::replace) {
  AtomicFile file(path, overwrite);
  file.write(bytes.data(), bytes.size());
  file.commit();
}

std::string error_of(const std::string& path, Overwrite overwrite = Overwrite::replace) {
  return message_of<FileError>([&] { save(path, "new", overwrite); });
}

int files_of(const std::string& folder) {
  return static_cast<int>(std::distance(fs::directory_iterator(folder), {}));
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

/// What the observer is to do, and what it was told.
struct {
  SaveInstant at = SaveInstant::finished;
  int error = 0;
  bool kill = false;
  std::vector<SaveInstant> told;
} aim;

int observer(SaveInstant instant, std::int64_t) {
  aim.told.push_back(instant);
  if (instant != aim.at) return 0;
  if (aim.kill) ::kill(::getpid(), SIGKILL);
  return aim.error;
}

/// Runs `work` in a process of its own; returns how that ended and what it said.
int in_child(const std::function<std::string()>& work, std::string& said) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string text = work();
    const bool sent = ::write(ends[1], text.data(), text.size()) >= 0;
    ::_exit(sent ? 0 : 1);
  }
  ::close(ends[1]);
  char buffer[4096];
  said.clear();
  for (ssize_t n = 0; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    said.append(buffer, static_cast<std::size_t>(n));
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

/// No process has this number any more.
pid_t finished_process() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return child;
}

}  // namespace

TEST_CASE("atomic_file: a file is made, then replaced, and nothing else is left", "[serial]") {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/m.pkl";
  save(path, "first");
  REQUIRE(bytes_of(path) == "first");
  save(path, "");
  REQUIRE(bytes_of(path).empty());
  const std::string large(3'500'000, 'x');
  save(path, large);
  REQUIRE(bytes_of(path) == large);
  REQUIRE(files_of(folder.path()) == 1);
}

TEST_CASE("atomic_file: without commit the old file stays", "[serial]") {
  TemporaryFolder folder;
  const std::string path = folder.write("m.pkl", "old");
  {
    AtomicFile file(path);
    file.write("new", 3);
    REQUIRE(file.size() == 3);
    REQUIRE(files_of(folder.path()) == 2);
  }
  REQUIRE(bytes_of(path) == "old");
  REQUIRE(files_of(folder.path()) == 1);
}

TEST_CASE("atomic_file: the instants come in their order", "[serial]") {
  TemporaryFolder folder;
  aim = {};
  REQUIRE(AtomicFile::observe(observer) == nullptr);
  save(folder.path() + "/m.pkl", std::string(1'500'000, 'x'));
  REQUIRE(AtomicFile::observe(nullptr) == observer);
  using enum SaveInstant;
  REQUIRE(aim.told == std::vector{opened, writing, writing, written, synced, renamed, finished});
}

TEST_CASE("atomic_file: killed at any instant, the file is the old one or the new one",
          "[serial]") {
  using enum SaveInstant;
  for (const SaveInstant instant : {opened, writing, written, synced, renamed, finished}) {
    TemporaryFolder folder;
    const std::string path = folder.write("m.pkl", "old");
    std::string said;
    const int status = in_child(
        [&] {
          aim = {instant, 0, true, {}};
          AtomicFile::observe(observer);
          save(path, "new");
          return std::string();
        },
        said);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(bytes_of(path) == (instant < renamed ? "old" : "new"));
    REQUIRE(files_of(folder.path()) == (instant < renamed ? 2 : 1));
    // The next save of the same file, by whichever process, removes what the killed one left.
    save(path, "newer");
    REQUIRE(bytes_of(path) == "newer");
    REQUIRE(files_of(folder.path()) == 1);
  }
}

TEST_CASE("atomic_file: a failure of any step leaves the old file and says what to do",
          "[serial]") {
  using enum SaveInstant;
  TemporaryFolder folder;
  const std::string path = folder.write("m.pkl", "old");
  for (const SaveInstant instant : {opened, writing, written, synced}) {
    aim = {instant, ENOSPC, false, {}};
    AtomicFile::observe(observer);
    const std::string message = error_of(path);
    AtomicFile::observe(nullptr);
    REQUIRE_THAT(message, Contains("cannot write '" + path + "'") && Contains("disk is full") &&
                              Contains("No space left") && Contains("old file is untouched"));
    REQUIRE(bytes_of(path) == "old");
    REQUIRE(files_of(folder.path()) == 1);
  }
  aim = {renamed, EIO, false, {}};
  AtomicFile::observe(observer);
  REQUIRE_THAT(error_of(path), Contains("the new file is in its place, but may be lost"));
  AtomicFile::observe(nullptr);
  REQUIRE(bytes_of(path) == "new");
}

TEST_CASE("atomic_file: on a full disk the old file stays", "[serial]") {
  TemporaryFolder folder;
  std::string said;
  in_child(
      [&]() -> std::string {
        // A file system of 64 kB, seen by this process alone.
        if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
          return "skipped: no file system can be mounted";
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
        if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0)
          return "skipped: no file system can be mounted";
        const std::string path = folder.write("m.pkl", "old");
        try {
          save(path, std::string(1'000'000, 'x'));
        } catch (const FileError& error) {
          return error.what() +
                 (bytes_of(path) == "old" ? std::string(" / old / ") : " / lost / ") +
                 std::to_string(files_of(folder.path()));
        }
        return "saved";
      },
      said);
  if (said.starts_with("skipped")) {
    WARN(said);
    return;
  }
  REQUIRE_THAT(said, Contains("the disk is full; make room and save again") &&
                         Contains("the old file is untouched / old / 1"));
}

TEST_CASE("atomic_file: a file larger than the user's limit is refused", "[serial]") {
  TemporaryFolder folder;
  const std::string path = folder.write("m.pkl", "old");
  std::string said;
  in_child(
      [&] {
        const rlimit limit{4096, 4096};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        return message_of<FileError>([&] { save(path, std::string(10'000, 'x')); });
      },
      said);
  REQUIRE_THAT(said, Contains("larger than allowed; see `ulimit -f`"));
  REQUIRE(bytes_of(path) == "old");
  REQUIRE(files_of(folder.path()) == 1);
}

TEST_CASE("atomic_file: a folder without permission and a protected file are named", "[serial]") {
  TemporaryFolder folder;
  const std::string path = folder.write("read_only/m.pkl", "old");
  const std::string mine = folder.write("m.pkl", "old");
  ::chmod(folder.path().c_str(), 0755);
  ::chmod((folder.path() + "/read_only").c_str(), 0555);
  ::chmod(mine.c_str(), 0444);
  std::string said;
  in_child(
      [&]() -> std::string {
        // Nothing is forbidden to root.
        if (::getuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) return "skipped: root";
        return error_of(path) + "\n" + error_of(mine);
      },
      said);
  ::chmod((folder.path() + "/read_only").c_str(), 0755);
  if (said.starts_with("skipped")) {
    WARN(said);
    return;
  }
  // Who is nobody may not write to a file of others either.
  if (::getuid() == 0) {
    REQUIRE_THAT(said, Contains("it is write-protected; chmod u+w '" + path + "'"));
  } else {
    REQUIRE_THAT(said, Contains("files cannot be made in the folder"));
  }
  REQUIRE_THAT(said, Contains("it is write-protected; chmod u+w '" + mine + "'"));
  REQUIRE(bytes_of(path) == "old");
  std::string made;
  in_child(
      [&]() -> std::string {
        if (::getuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) return "skipped: root";
        ::chmod(folder.path().c_str(), 0555);
        return error_of(folder.path() + "/new.pkl");
      },
      made);
  ::chmod(folder.path().c_str(), 0755);
  REQUIRE_THAT(made, Contains("skipped") || (Contains("files cannot be made in the folder '" +
                                                      folder.path() + "'; choose another one") &&
                                             !Contains("old file")));
}

TEST_CASE("atomic_file: paths that lead nowhere are refused with the repair", "[serial]") {
  TemporaryFolder folder;
  const std::string path = folder.write("m.pkl", "old");
  REQUIRE_THAT(error_of(folder.path() + "/a/b/m.pkl"),
               Contains("make it first: mkdir -p '" + folder.path() + "/a/b'"));
  REQUIRE_THAT(error_of(path + "/m.pkl"), Contains("'" + path + "' is not a folder"));
  REQUIRE_THAT(error_of(folder.path()), Contains("it is a folder; give the name of a file"));
  REQUIRE_THAT(error_of(folder.path() + "/"), Contains("the name of a file is missing"));
  REQUIRE_THAT(error_of(""), Contains("the name of a file is missing"));
  REQUIRE_THAT(error_of(folder.path() + "/" + std::string(300, 'x')),
               Contains("choose a shorter name"));
  REQUIRE_THAT(error_of("/dev/full"), Contains("it is a device or a pipe"));
  REQUIRE(files_of(folder.path()) == 1);
}

TEST_CASE("atomic_file: a name of 255 bytes is saved to as often as any other", "[serial]") {
  TemporaryFolder folder;
  std::string umlauts;
  while (umlauts.size() < 250) umlauts += "\u00fc";
  for (const std::string& name : {std::string(255, 'x'), std::string(231, 'x'), umlauts + ".pkl"}) {
    const std::string path = folder.path() + "/" + name;
    AtomicFile::look(path, Overwrite::replace, Replaces::anything, 0);
    // The number in the name of the temporary file has more digits each time.
    for (int i = 0; i < 120; ++i) save(path, std::to_string(i), Overwrite::replace);
    REQUIRE(bytes_of(path) == "119");
  }
  REQUIRE(files_of(folder.path()) == 3);
  REQUIRE_THAT(error_of(folder.path() + "/" + std::string(256, 'x')),
               Contains("choose a shorter name"));
}

TEST_CASE("atomic_file: a file that may not be overwritten is not", "[serial]") {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/m.pkl";
  save(path, "old", Overwrite::refuse);
  REQUIRE_THAT(error_of(path, Overwrite::refuse),
               Contains("Trying to overwrite file when not allowed: '" + path + "' exists"));
  REQUIRE(bytes_of(path) == "old");
  // Nor one that appears while the new one is written.
  const std::string late = folder.path() + "/late.pkl";
  AtomicFile file(late, Overwrite::refuse);
  folder.write("late.pkl", "of another");
  REQUIRE_THAT(message_of<FileError>([&] { file.commit(); }), Contains("when not allowed"));
  REQUIRE(bytes_of(late) == "of another");
}

TEST_CASE("atomic_file: a replaced file keeps its mode, a new one obeys the umask", "[serial]") {
  TemporaryFolder folder;
  const std::string path = folder.write("m.pkl", "old");
  ::chmod(path.c_str(), 0640);
  save(path, "new");
  REQUIRE(mode_of(path) == 0640);
  const mode_t mask = ::umask(027);
  save(folder.path() + "/other.pkl", "new");
  ::umask(mask);
  REQUIRE(mode_of(folder.path() + "/other.pkl") == 0640);
}

TEST_CASE("atomic_file: symbolic links are followed", "[serial]") {
  TemporaryFolder folder;
  const std::string target = folder.write("deep/m.pkl", "old");
  fs::create_symlink("deep/m.pkl", folder.path() + "/one");
  fs::create_symlink(folder.path() + "/one", folder.path() + "/two");
  save(folder.path() + "/two", "new");
  REQUIRE(bytes_of(target) == "new");
  REQUIRE(fs::is_symlink(folder.path() + "/two"));
  REQUIRE(fs::is_symlink(folder.path() + "/one"));
  fs::create_symlink("deep/later.pkl", folder.path() + "/three");
  save(folder.path() + "/three", "made");
  REQUIRE(bytes_of(folder.path() + "/deep/later.pkl") == "made");
  fs::create_symlink("circle", folder.path() + "/circle");
  REQUIRE_THAT(error_of(folder.path() + "/circle"), Contains("more than 40 symbolic links"));
}

TEST_CASE("atomic_file: only what nobody writes to is taken for left", "[serial]") {
  TemporaryFolder folder;
  const std::string path = folder.write("m.pkl", "old");
  const std::string pid = std::to_string(finished_process());
  const std::string left = folder.write(".m.pkl." + pid + ".tmp", "half");
  // A process in another container may have the number of one that is finished here.
  const std::string in_use = folder.write(".m.pkl.1234567.tmp", "half");
  const int file = ::open(in_use.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(::flock(file, LOCK_EX) == 0);
  const std::string others[] = {folder.write(".n.pkl." + pid + ".tmp", "of another file"),
                                folder.write(".m.pkl.x.tmp", "of another program"),
                                folder.write("m.pkl." + pid + ".tmp", "of the user")};
  save(path, "new");
  REQUIRE(!fs::exists(left));
  REQUIRE(fs::exists(in_use));
  for (const std::string& other : others) REQUIRE(fs::exists(other));
  ::close(file);
  save(path, "newer");
  REQUIRE(!fs::exists(in_use));
}

TEST_CASE("atomic_file: nobody sees more of a new file than of the old one", "[serial]") {
  static std::string folder_path;
  static std::vector<unsigned> modes;
  TemporaryFolder folder;
  folder_path = folder.path();
  const std::string path = folder.write("m.pkl", "old");
  for (const unsigned mode : {0600u, 0640u, 0400u | 0200u, 0604u}) {
    ::chmod(path.c_str(), mode);
    modes.clear();
    AtomicFile::observe([](SaveInstant instant, std::int64_t) {
      for (const auto& entry : fs::directory_iterator(folder_path))
        if (instant < SaveInstant::renamed && entry.path().extension() == ".tmp")
          modes.push_back(mode_of(entry.path().string()));
      return 0;
    });
    save(path, "new");
    AtomicFile::observe(nullptr);
    REQUIRE(modes.size() == 4);
    for (const unsigned found : modes) REQUIRE(found == mode);
    REQUIRE(mode_of(path) == mode);
  }
  if (::getuid() != 0) return;  // only root can give files away
  ::chmod(path.c_str(), 0640);
  REQUIRE(::chown(path.c_str(), 12345, 23456) == 0);
  save(path, "new");
  struct stat s {};
  REQUIRE(::stat(path.c_str(), &s) == 0);
  REQUIRE(s.st_uid == 12345);
  REQUIRE(s.st_gid == 23456);
  REQUIRE(mode_of(path) == 0640);
  // Who cannot keep the group opens the file to no other one.
  ::chmod(folder.path().c_str(), 0777);
  ::chmod(path.c_str(), 0666);
  std::string said;
  in_child(
      [&]() -> std::string {
        if (::setgroups(0, nullptr) != 0 || ::setresgid(65534, 65534, 65534) != 0 ||
            ::setresuid(65534, 65534, 65534) != 0)
          return "cannot";
        save(path, "new");
        return "saved";
      },
      said);
  REQUIRE(said == "saved");
  REQUIRE(mode_of(path) == 0606);
}

TEST_CASE("atomic_file: what another user laid into a folder open to all is not followed",
          "[serial]") {
  if (::getuid() != 0) return;  // only root can give files away
  TemporaryFolder folder;
  ::chmod(folder.path().c_str(), 0755);
  const std::string victim = folder.write("victim", "precious"), open = folder.path() + "/open";
  const std::string own = folder.write("open/own.pkl", "old");
  folder.write("open/theirs.pkl", "theirs");
  ::chmod(open.c_str(), 01777);
  REQUIRE(::chown((open + "/theirs.pkl").c_str(), 65534, 65534) == 0);
  for (const char* name : {"link", "way", "mine"})
    fs::create_symlink(name == std::string("way") ? folder.path() : victim, open + "/" + name);
  for (const char* name : {"link", "way"})
    REQUIRE(::lchown((open + "/" + name).c_str(), 65534, 65534) == 0);
  REQUIRE_THAT(error_of(open + "/link"), Contains("is a link that user 65534 laid"));
  REQUIRE_THAT(error_of(open + "/way/victim"), Contains("is a link that user 65534 laid"));
  fs::create_symlink(open + "/link", folder.path() + "/indirect");
  REQUIRE_THAT(error_of(folder.path() + "/indirect"), Contains("is a link that user 65534 laid"));
  REQUIRE_THAT(error_of(open + "/theirs.pkl"), Contains("it belongs to user 65534"));
  REQUIRE(bytes_of(victim) == "precious");
  save(own, "new");
  save(open + "/mine", "new");  // one's own link
  REQUIRE(bytes_of(own) == "new");
  REQUIRE(bytes_of(victim) == "new");
  // The owner of the folder may do what he likes with what is in it.
  REQUIRE(::chown(open.c_str(), 65534, 65534) == 0);
  save(open + "/link", "newer");
  REQUIRE(bytes_of(victim) == "newer");
}

TEST_CASE("atomic_file: a model takes the place of a model or of nothing", "[serial]") {
  TemporaryFolder folder;
  const auto save_model = [](const std::string& path) {
    write_tensor_file(path, TensorFile{}, Overwrite::replace, Replaces::models);
  };
  const std::string path = folder.write("m.pkl", "");
  save_model(path);
  save_model(path);
  for (const std::string_view other :
       {std::string_view("y,a\n1,2\n"), std::string_view("x"), std::string_view("PK\x03\x04zip"),
        std::string_view("\0\0\0\0\0\0\0\0{", 9)}) {
    const std::string there = folder.write("other", std::string(other));
    REQUIRE_THAT(message_of<FileError>([&] { save_model(there); }), Contains("is no model"));
    REQUIRE_THAT(message_of<FileError>(
                     [&] { AtomicFile::look(there, Overwrite::replace, Replaces::models, 0); }),
                 Contains("is no model"));
    REQUIRE(bytes_of(there) == other);
  }
  REQUIRE_THAT(message_of<FileError>(
                   [&] { AtomicFile::look(path, Overwrite::replace, Replaces::no_models, 0); }),
               Contains("it is a model"));
  REQUIRE(files_of(folder.path()) == 2);
}

TEST_CASE("atomic_file: a save is tried before there is anything to save", "[serial]") {
  TemporaryFolder folder;
  const std::string path = folder.write("m.pkl", "");
  const auto tried = [&](std::int64_t bytes, bool look) {
    return message_of<FileError>([&] {
      if (look)
        AtomicFile::look(path, Overwrite::replace, Replaces::models, bytes);
      else
        AtomicFile::rehearse(path, Overwrite::replace, Replaces::models, bytes);
    });
  };
  for (const bool look : {false, true}) {
    REQUIRE_THAT(tried(std::int64_t{1} << 60, look),
                 Contains("a save takes 1152921504.6 GB") || Contains("larger than allowed"));
    std::string said;
    in_child(
        [&] {
          const rlimit limit{4096, 4096};
          ::setrlimit(RLIMIT_FSIZE, &limit);
          return tried(10'000, look);
        },
        said);
    REQUIRE_THAT(said, Contains("a save takes 10.0 kB, but a file may have 4.1 kB"));
  }
  AtomicFile::rehearse(path, Overwrite::replace, Replaces::models, 1'000'000);
  AtomicFile::look(path, Overwrite::replace, Replaces::models, 1'000'000);
  REQUIRE(bytes_of(path).empty());
  REQUIRE(files_of(folder.path()) == 1);
}

TEST_CASE("atomic_file: processes that save one file again and again do not meet", "[serial]") {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/m.pkl";
  std::vector<pid_t> children;
  for (int i = 0; i < 3; ++i) {
    children.push_back(::fork());
    if (children.back() != 0) continue;
    try {
      for (int n = 0; n < 300; ++n) save(path, std::string(static_cast<std::size_t>(i) + 1, 'x'));
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      ::_exit(1);
    }
    ::_exit(0);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
  }
  REQUIRE(files_of(folder.path()) == 1);
}

TEST_CASE("atomic_file: two saves of one file at a time are refused, of two files are not",
          "[serial]") {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/m.pkl";
  AtomicFile first(path);
  REQUIRE_THAT(error_of(path), Contains("another save of it is under way"));
  save(folder.path() + "/n.pkl", "other");
  first.write("first", 5);
  first.commit();
  REQUIRE(bytes_of(path) == "first");
  REQUIRE_THAT(message_of<FileError>([&] { first.commit(); }), Contains("finished already"));
  REQUIRE_THAT(message_of<FileError>([&] { first.write("x", 1); }), Contains("finished already"));
}
