#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include <dsl/ops.hpp>

TEST_CASE("ops.hpp includes every op", "[op]") {
  const std::filesystem::path dsl = std::filesystem::path(ANSATZ_TESTS_FOLDER) / ".." / "dsl";
  std::ifstream file(dsl / "ops.hpp");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  int ops = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dsl / "ops")) {
    if (!entry.is_regular_file()) continue;
    const std::string name = std::filesystem::relative(entry.path(), dsl / "ops");
    std::ifstream header(entry.path());
    std::string first_line;
    std::getline(header, first_line);
    if (name == "op.hpp" || first_line.find("(no op)") != std::string::npos) continue;
    ++ops;
    INFO(name);
    CHECK(text.find("<dsl/ops/" + name + ">") != std::string::npos);
  }
  CHECK(ops > 60);
}
