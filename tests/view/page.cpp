#include <catch2/catch.hpp>

#include <ansatz/view/page.hpp>
#include <ansatz/view/run_board.hpp>
#include <dsl/exceptions.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>
#include <thread>

using namespace ansatz;
using Json = nlohmann::json;

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

TEST_CASE("page: weights to browse: no name is markup, no layer no page", "[view][page]") {
  Images images;
  images.count = 2, images.rows = 1, images.columns = 2;
  images.values = {1, -2, .5, 1e300};
  const std::string page =
      page_of_weights("a</title><b>", {{"</script><script>alert(1)</script>", {images, 2}}});
  CHECK(page.find("<b>") == std::string::npos);
  CHECK(page.find("<script>alert") == std::string::npos);
  CHECK(page.find("AACAPwAAAMAAAAA/AACAfw==") != std::string::npos);  // 1, -2, .5, inf in float32
  CHECK_THROWS_AS(page_of_weights("a", {}), ValueError);
  images.columns = 13'000'000;
  images.values.resize(26'000'000);
  CHECK_THROWS_WITH(page_of_weights("a", {{"W", {images, 0}}}), Catch::Contains("25 million"));
}

TEST_CASE("page: a board tells each page what is new to it", "[view][page][board]") {
  RunBoard board;
  const auto news = [&](const Json& before) {
    return Json::parse(board.news(before.value("board", ""), before.value("version", 0)));
  };
  ModelFile job;
  job.job_yaml = "<a job>";
  const auto run = board.add("a", job);
  MonitorRecords records;
  records.add_channel("x");
  const auto record = [&](double value) {
    records.epochs_seen += 1;
    records.record(records.epochs_seen / 4., {0}, {value});
    run->publish(records);
  };
  record(3);
  record(2);
  const Json first = news(Json::object());
  REQUIRE(first["runs"].size() == 1);
  CHECK(first["all"] == true);
  CHECK(first["runs"][0]["path"] == "a");
  CHECK(first["runs"][0]["facts"]["job"] == "<a job>");
  CHECK(first["runs"][0]["state"] == "running");
  CHECK(first["runs"][0]["records"]["channels"][0]["y"] == Json{3., 2.});
  CHECK(news(first)["runs"].empty());

  record(1);
  const Json second = news(first);
  record(.5);
  const Json third = news(second);
  CHECK(second["runs"][0]["more"]["from"] == 2);
  CHECK(second["runs"][0]["more"]["channels"][0]["y"] == Json::array({1.}));
  CHECK_FALSE(second["runs"][0].contains("facts"));
  CHECK(third["runs"][0]["more"]["seconds"] == Json::array({1.}));
  // Who slept meanwhile gets both.
  CHECK(news(first)["runs"][0]["more"]["channels"][0]["y"] == Json{1., .5});

  records.add_channel("y");
  records.record(2, {0, 1}, {.25, 7});
  run->publish(records);
  run->set_state("finished");
  const Json fourth = news(third);
  CHECK(fourth["runs"][0]["records"]["channels"][1]["at"] == Json::array({4}));
  CHECK(fourth["runs"][0]["state"] == "finished");

  board.add("a", job);
  const Json fifth = news(fourth);
  REQUIRE(fifth["runs"].size() == 1);
  CHECK(fifth["runs"][0]["path"] == "a (2)");
  // The table is made anew for at most a tenth of the time.
  Json table = fifth.value("table", Json());
  for (int tries = 0; tries < 5000 && (table.is_null() || table["rows"].size() < 2); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    table = news(fourth).value("table", Json());
  }
  CHECK(table["rows"].size() == 2);
}
