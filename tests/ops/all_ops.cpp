#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include <dsl/ops.hpp>

TEST_CASE("ops.hpp includes every op, and each after those it is made of", "[op]") {
  const std::filesystem::path ops = std::filesystem::path(ANSATZ_TESTS_FOLDER) / ".." / "dsl/ops";
  std::ifstream file(ANSATZ_OPS_HEADER);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(ops)) {
    if (entry.path().extension() != ".hpp" || entry.path().parent_path() == ops) continue;
    std::ifstream header(entry.path());
    std::string line;
    std::getline(header, line);
    if (line.find("(no op)") != std::string::npos) continue;
    ++count;
    const std::string name = std::filesystem::relative(entry.path(), ops).string();
    INFO(name);
    const std::size_t at = text.find("#include <dsl/ops/" + name + ">");
    CHECK(at != std::string::npos);
    while (std::getline(header, line))
      if (const std::size_t below = text.find(line);
          line.starts_with("#include <dsl/ops/") && below != std::string::npos)
        CHECK(below < at);
  }
  CHECK(count > 60);
}
