// What the cache of compiled loops survives.
#include "../../src/base/sha256.hpp"
#include "../../src/compile/cache.hpp"
#include "../../src/compile/load.hpp"
#include "../../src/compile/toolchain.hpp"
#include "cache.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Matchers::Contains;

namespace {

namespace fs = std::filesystem;

unsigned mode_of(const std::string& path) {
  struct stat s {};
  ::stat(path.c_str(), &s);
  return s.st_mode & 07777;
}

/// Puts something else in the place of the cached object, with the hash that belongs to it.
void forge(const Folder& folder, const std::string& bytes) {
  write_file(folder.find(".so"), bytes);
  write_file(folder.find(".sha256"), sha256_of(bytes) + "\n");
}

std::string compiled(const Folder& folder, const std::string& source) {
  write_file(folder.path() + "/forged.cpp", source);
  const compiling::Toolchain tools = compiling::toolchain(folder.real());
  const std::string object = folder.path() + "/forged.so";
  const int code = compiling::run(compiling::command(tools, folder.path() + "/forged.cpp", object),
                                  folder.path(), folder.path() + "/log");
  CAPTURE(read_file(folder.path() + "/log"));
  REQUIRE(code == 0);
  return read_file(object);
}

}  // namespace

TEST_CASE("cache: the second time no compiler is started", "[compile][cache]") {
  const Folder folder;
  const Answer first = in_child(folder.quick());
  CAPTURE(first.text);
  REQUIRE(first.complete());
  REQUIRE(first.made);
  REQUIRE(first.loops == 1);
  REQUIRE(folder.runs() == 1);
  const Answer second = in_child(folder.quick());
  REQUIRE(second.complete());
  REQUIRE_FALSE(second.made);
  CompileOptions load = folder.quick();
  load.make = false;
  REQUIRE(in_child(load).complete());
  REQUIRE(folder.runs() == 1);
}

TEST_CASE("cache: without leave to compile, what is missing is interpreted", "[compile][cache]") {
  const Folder folder;
  CompileOptions load = folder.quick();
  load.make = false;
  const Answer answer = in_child(load);
  REQUIRE(answer.answered);
  REQUIRE_FALSE(answer.threw);
  REQUIRE(answer.interpreted == 1);
  REQUIRE(folder.runs() == 0);
  REQUIRE_FALSE(fs::exists(folder.cache()));
}

TEST_CASE("toolchain: flags are added to the library's, which are those of the compiler's kind",
          "[compile][toolchain]") {
  const auto flags_of = [](const CompileOptions& options) {
    return compiling::toolchain(options).flags;
  };
  const auto has = [](const std::vector<std::string>& flags, std::string_view part) {
    return std::any_of(flags.begin(), flags.end(),
                       [&](const std::string& f) { return f.find(part) != std::string::npos; });
  };
  CompileOptions options;
  const std::vector<std::string> own = flags_of(options);
  CHECK(has(own, "-std="));
  CHECK(has(own, "-ffp-contract=off"));
  options.flags = {"-O1", "-g"};
  std::vector<std::string> more = own;
  more.insert(more.end(), options.flags.begin(), options.flags.end());
  CHECK(flags_of(options) == more);

  // By the name of the program, or of what a link of another name leads to.
  const Folder folder;
  const std::string clang = folder.path() + "/clang++-99", link = folder.path() + "/c++",
                    other = folder.path() + "/g++-99";
  for (const std::string& program : {clang, other}) {
    std::ofstream(program) << "#!/bin/sh\n";
    REQUIRE(::chmod(program.c_str(), 0700) == 0);
  }
  std::filesystem::create_symlink(clang, link);
  for (const std::string& compiler : {clang, link}) {
    options.compiler = compiler;
    CHECK(has(flags_of(options), "-fbracket-depth"));
    CHECK_FALSE(has(flags_of(options), "--param"));
  }
  options.compiler = other;
  CHECK(has(flags_of(options), "--param"));
  CHECK_FALSE(has(flags_of(options), "-fbracket-depth"));
}

TEST_CASE("cache: other flags are another object", "[compile][cache]") {
  const Folder folder;
  CompileOptions options = folder.quick();
  REQUIRE(in_child(options).made);
  options.flags.push_back("-g");
  REQUIRE(in_child(options).made);
  REQUIRE(folder.count(".so") == 2);
}

TEST_CASE("cache: folder and files are the user's alone", "[compile][cache]") {
  const Folder folder;
  REQUIRE(in_child(folder.quick()).complete());
  REQUIRE(mode_of(folder.cache()) == 0700);
  for (const char* ending : {".so", ".sha256", ".cpp", ".lock"})
    REQUIRE(mode_of(folder.find(ending)) == 0600);
  REQUIRE(folder.count("work") == 0);

  fs::permissions(folder.cache(), fs::perms(0777));
  REQUIRE_THAT(in_child(folder.quick()).text, Contains("others can write to it (mode 0777)"));
  CompileOptions load = folder.quick();
  load.make = false;
  const Answer answer = in_child(load);
  REQUIRE_FALSE(answer.threw);
  REQUIRE(answer.loaded == 0);
  REQUIRE_THAT(answer.text, Contains("others can write to it"));

  fs::permissions(folder.cache(), fs::perms(0700));
  fs::permissions(folder.find(".so"), fs::perms(0666));
  REQUIRE(in_child(folder.quick()).made);
  fs::permissions(folder.path(), fs::perms(0777));
  REQUIRE_THAT(in_child(folder.quick()).text, Contains("the folder that holds it"));
  fs::permissions(folder.path(), fs::perms(0700));
  if (::geteuid() != 0) return;  // only root can give files away
  REQUIRE(::chown(folder.cache().c_str(), 12345, 12345) == 0);
  REQUIRE_THAT(in_child(folder.quick()).text, Contains("belongs to user 12345"));
}

TEST_CASE("cache: a link in the place of the folder is refused", "[compile][cache]") {
  const Folder folder;
  fs::create_directory(folder.path() + "/elsewhere");
  fs::create_directory_symlink(folder.path() + "/elsewhere", folder.cache());
  REQUIRE_THAT(in_child(folder.quick()).text, Contains("cannot be opened as a folder"));
}

TEST_CASE("cache: each folder up to the root is the user's or root's, and closed to others",
          "[compile][cache]") {
  const Folder folder;
  CompileOptions deep = folder.quick();
  deep.cache_folder = folder.path() + "/a/b/cache";
  REQUIRE(in_child(deep).complete());
  for (const char* each : {"/a", "/a/b", "/a/b/cache"})
    REQUIRE(mode_of(folder.path() + each) == 0700);
  for (const unsigned mode : {0777u, 0775u, 0702u}) {
    fs::permissions(folder.path() + "/a", fs::perms(mode));
    const Answer answer = in_child(deep);
    REQUIRE(answer.threw);
    REQUIRE_THAT(answer.text, Contains("the folder that holds it, '" + folder.path() + "/a'"));
    REQUIRE(mode_of(folder.path() + "/a") == mode);
  }
  // Where all may make files, nobody can rename those of others.
  fs::permissions(folder.path() + "/a", fs::perms(01777));
  REQUIRE(in_child(deep).complete());
  fs::create_directory_symlink(folder.path() + "/a", folder.path() + "/way");
  deep.cache_folder = folder.path() + "/way/b/cache";
  REQUIRE(in_child(deep).complete());
  if (::geteuid() != 0) return;  // only root can give files away
  REQUIRE(::lchown((folder.path() + "/a/b").c_str(), 12345, 12345) == 0);
  REQUIRE_THAT(in_child(deep).text, Contains("belongs to user 12345"));
  // Nothing is made in another's folder either.
  deep.cache_folder = folder.path() + "/a/b/new/cache";
  REQUIRE_THAT(in_child(deep).text, Contains("belongs to user 12345"));
  REQUIRE_FALSE(fs::exists(folder.path() + "/a/b/new"));
}

TEST_CASE("cache: the mode of a folder that was there is not changed", "[compile][cache]") {
  const Folder folder;
  fs::create_directory(folder.cache());
  for (const unsigned mode : {0755u, 0711u, 0750u}) {
    fs::permissions(folder.cache(), fs::perms(mode));
    REQUIRE(in_child(folder.quick()).complete());
    REQUIRE(mode_of(folder.cache()) == mode);
  }
}

TEST_CASE("cache: what is loaded is what was looked at", "[compile][cache]") {
  const Folder folder;
  REQUIRE(in_child(folder.quick()).complete());
  const compiling::Cache cache(folder.cache(), false);
  const std::string key = fs::path(folder.find(".so")).stem().string();
  serial::Descriptor object;
  REQUIRE(cache.look(key, object) == compiling::Cache::Found::whole);
  // Somebody exchanges the folder between the two.
  fs::rename(folder.cache(), folder.path() + "/before");
  fs::create_directory(folder.cache());
  write_file(folder.cache() + "/" + key + ".so", "of another");
  // In a process of its own, so that the loop is not known to the tests that follow.
  const pid_t child = ::fork();
  if (child == 0) {
    std::string why;
    ::_exit(compiling::load_object_loops(std::move(object), 4, why) == 1 ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
}

TEST_CASE("cache: who waits for a lock says for whom, and not for ever", "[compile][cache]") {
  const Folder folder;
  REQUIRE(in_child(folder.quick()).complete());
  fs::remove(folder.find(".so"));
  const int lock = ::open(folder.find(".lock").c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(::flock(lock, LOCK_EX) == 0);
  const std::string heard = folder.path() + "/heard";
  CompileOptions options = folder.quick();
  options.patience = 1.5;
  options.tell = [&](const std::string& what) {
    std::ofstream(heard, std::ios::app) << what << '\n';
  };
  const Answer answer = in_child(options);
  ::close(lock);
  CAPTURE(answer.text);
  REQUIRE(answer.complete());
  REQUIRE_THAT(read_file(heard), Contains("waiting for process " + std::to_string(::getpid())) &&
                                     Contains("compiling without it"));
  REQUIRE(folder.count(".work.") == 0);
}

TEST_CASE("cache: working folders that killed processes left are removed, whatever they made",
          "[compile][cache]") {
  const Folder folder;
  REQUIRE(in_child(folder.quick()).complete());
  fs::create_directory(folder.cache() + "/0123.work.abcdef");
  write_file(folder.cache() + "/0123.work.abcdef/loops.so", "half");
  fs::create_directory(folder.cache() + "/4567.work.abcdef");
  const int lock =
      ::open((folder.cache() + "/4567.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(::flock(lock, LOCK_EX) == 0);  // somebody is at work
  fs::remove(folder.find(".so"));
  REQUIRE(in_child(folder.quick()).complete());
  REQUIRE_FALSE(fs::exists(folder.cache() + "/0123.work.abcdef"));
  REQUIRE(fs::exists(folder.cache() + "/4567.work.abcdef"));
  ::close(lock);
}

TEST_CASE("cache: two processes at once compile once", "[compile][cache]") {
  const Folder folder;
  const CompileOptions options = folder.quick("sleep .3");
  const Child a = Child::start(options), b = Child::start(options), c = Child::start(options);
  const Answer answers[] = {a.finish(), b.finish(), c.finish()};
  int made = 0;
  for (const Answer& answer : answers) {
    CAPTURE(answer.text);
    REQUIRE(answer.complete());
    made += answer.made;
  }
  REQUIRE(made == 1);
  REQUIRE(folder.runs() == 1);
}

TEST_CASE("cache: a damaged object is noticed and made anew", "[compile][cache]") {
  const Folder folder;
  REQUIRE(in_child(folder.quick()).complete());
  const std::string object = folder.find(".so"), hash = folder.find(".sha256");
  const std::string bytes = read_file(object);
  std::string flipped = bytes;
  flipped[bytes.size() / 2] = static_cast<char>(flipped[bytes.size() / 2] ^ 1);
  const auto damage = GENERATE(0, 1, 2, 3, 4, 5);
  CAPTURE(damage);
  if (damage == 0) write_file(object, flipped);
  if (damage == 1) write_file(object, bytes.substr(0, bytes.size() - 1));
  if (damage == 2) write_file(object, "");
  if (damage == 3) write_file(hash, "");
  if (damage == 4) fs::remove(hash);
  if (damage == 5) fs::remove(object);

  CompileOptions load = folder.quick();
  load.make = false;
  const Answer unused = in_child(load);
  REQUIRE_FALSE(unused.threw);
  REQUIRE(unused.loaded == 0);
  REQUIRE_THAT(unused.text, Contains("its content is not what was written"));

  const Answer again = in_child(folder.quick());
  CAPTURE(again.text);
  REQUIRE(again.complete());
  REQUIRE(again.made);
  REQUIRE(read_file(object) == bytes);
}

TEST_CASE("cache: an object of another library is not used", "[compile][cache]") {
  const Folder folder;
  REQUIRE(in_child(folder.quick()).complete());
  const std::string begin = "#include <ansatz/compile/object.hpp>\nusing namespace ansatz;\n",
                    end =
                        "extern \"C\" __attribute__((visibility(\"default\"))) const "
                        "compiling::Object* ansatz_compiled_loops() {\n"
                        "  static const compiling::Object o{STAMP, 4, {}, {}, {}, {}, nullptr};\n"
                        "  return &o;\n}\n";
  const auto with = [&](const std::string& stamp) {
    return compiled(folder, begin + "#define STAMP " + stamp + "\n" + end);
  };
  std::string bytes, words;
  SECTION("of another version") {
    bytes = with("[] { auto s = compiling::stamp; s.version = \"0.0.0\"; return s; }()");
    words = "it was made for version 0.0.0";
  }
  SECTION("for another instruction set") {
    bytes = with("[] { auto s = compiling::stamp; s.isa = \"m68k\"; return s; }()");
    words = "it was made for the instruction set m68k";
  }
  SECTION("with other tables") {
    bytes = with("[] { auto s = compiling::stamp; ++s.sizes[0]; return s; }()");
    words = "its tables have other sizes";
  }
  SECTION("that is none") {
    bytes = compiled(folder, "int nothing;\n");
    words = "it has no function";
  }
  SECTION("that is no object") {
    bytes = "hello";
    words = "is not used";
  }
  forge(folder, bytes);
  const Answer answer = in_child(folder.quick());
  CAPTURE(answer.text);
  REQUIRE_THAT(answer.text, Contains(words));
  REQUIRE(answer.complete());
  REQUIRE(answer.made);
}

TEST_CASE("cache: whoever is killed, the next one succeeds", "[compile][cache]") {
  const Folder folder;
  const CompileOptions options = folder.quick("sleep .02");
  std::mt19937 draw(7);
  int killed = 0;
  for (int i = 0; i < 40; ++i) {
    std::error_code ignored;
    fs::remove_all(folder.cache(), ignored);
    const Child child = Child::start(options);
    ::usleep(draw() % 60000);
    ::kill(child.process, SIGKILL);
    const Answer cut_off = child.finish();
    killed += !cut_off.answered;
    const Answer next = in_child(options);
    CAPTURE(i, next.text);
    REQUIRE(next.complete());
    if (folder.count("work") != 0) {
      // The compiler of the one that was killed outlives it, and wrote to its folder while that was
      // being removed. Who compiles next removes what is left.
      ::usleep(1'000'000);
      for (const auto& entry : fs::directory_iterator(folder.cache())) {
        const std::string name = entry.path().filename().string();
        if (name.find(".work.") == name.npos && name.find(".lock") == name.npos)
          fs::remove_all(entry.path(), ignored);
      }
      REQUIRE(in_child(options).complete());
    }
    REQUIRE(folder.count("work") == 0);
  }
  REQUIRE(killed > 0);
}

TEST_CASE("cache: a compiler that is missing or fails is told", "[compile][cache]") {
  const Folder folder;
  CompileOptions options = folder.real();
  options.compiler = "no-such-compiler";
  REQUIRE_THAT(in_child(options).text,
               Contains("no compiler 'no-such-compiler'") && Contains("ANSATZ_CXX"));
  options = folder.quick("echo it hurts >&2; exit 3");
  const Answer answer = in_child(options);
  REQUIRE(answer.threw);
  REQUIRE_THAT(answer.text, Contains("exit code 3") && Contains("it hurts"));
  REQUIRE(folder.find(".so").empty());
  REQUIRE(folder.count("work") == 0);
}
