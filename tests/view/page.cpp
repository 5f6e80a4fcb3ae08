#include <catch2/catch.hpp>

#include <ansatz/view/page.hpp>
#include <dsl/exceptions.hpp>

#include <string>

using namespace ansatz;

TEST_CASE("page: no text of a file is markup", "[view][page]") {
  ModelFile file;
  file.job_yaml = "a: '</script><script>alert(1)</script>&lt;'";
  file.data["dataset"] = "<!-- <b>";
  MonitorRecords records;
  records.add_channel("</script><img src=x onerror=alert(1)>");
  records.record(1, {0}, {2});
  file.monitors.push_back(records);
  std::string page;
  try {
    page = page_of_runs({{"a\"<b>.pkl", &file}});
  } catch (const FileError& e) {  // built without dygraphs
    CHECK_THAT(e.what(), Catch::Contains("libjs-dygraphs"));
    return;
  }
  CHECK(page.find("alert(1)") != std::string::npos);
  CHECK(page.find("<script>alert") == std::string::npos);
  CHECK(page.find("<img") == std::string::npos);
  CHECK(page.find("<b>.pkl") == std::string::npos);
  CHECK(page.find("\\u003c/script\\u003e") != std::string::npos);
  CHECK(page.size() < 200'000);
}

TEST_CASE("page: there is none of no runs", "[view][page]") {
  CHECK_THROWS_AS(page_of_runs({}), ValueError);
}
