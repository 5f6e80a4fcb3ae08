// Tables of the UCI Machine Learning Repository.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A text file of the repository: features in double precision as they stand there, and labels.
class UciTable : public Dataset, public Preprocessing {
 public:
  constexpr const Preprocessing* preprocessing() const override { return this; }
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;

 protected:
  /// Under the data path.
  virtual std::string file() const = 0;
};

/// Flowers: sepal length and width, petal length and width in cm; setosa, versicolor, virginica
/// (Fisher 1936). 150 examples. File: iris/iris.data.
class Iris : public UciTable {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.iris.Iris";
  static constexpr const char* doc = "flowers: 4 measurements, 3 classes";
  template <class K>
  static constexpr void keys(K& key) {
    preprocessing_keys(key);
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(4);
    return source == "targets" ? index_space(3) : SpaceInfo();
  }
  std::shared_ptr<const Table> load() const override;
  std::string fetched_as() const override { return "iris"; }

 protected:
  std::string file() const override { return "iris/iris.data"; }
};

/// Wines of three growers: 13 measurements. 178 examples. File: wine/wine.data.
class Wine : public UciTable {
 public:
  static constexpr const char* yaml = "Wine";
  static constexpr const char* doc = "wines: 13 measurements, 3 classes";
  template <class K>
  static constexpr void keys(K& key) {
    preprocessing_keys(key);
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(13);
    return source == "targets" ? index_space(3) : SpaceInfo();
  }
  std::shared_ptr<const Table> load() const override;
  std::string fetched_as() const override { return "wine"; }

 protected:
  std::string file() const override { return "wine/wine.data"; }
};

/// Tumours, benign (0) or malignant (1): 30 measurements (Wolberg, Street 1995). 569 examples.
/// File: breast-cancer-wdbc/wdbc.data.
class BreastCancer : public UciTable {
 public:
  static constexpr const char* yaml = "BreastCancer";
  static constexpr const char* doc = "tumours: 30 measurements, benign or malignant";
  template <class K>
  static constexpr void keys(K& key) {
    preprocessing_keys(key);
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(30);
    return source == "targets" ? index_space(2) : SpaceInfo();
  }
  std::shared_ptr<const Table> load() const override;
  std::string fetched_as() const override { return "breast-cancer-wdbc"; }

 protected:
  std::string file() const override { return "breast-cancer-wdbc/wdbc.data"; }
};

/// Patients with hepatitis: 19 features, of which -1 stands for one that is missing; died (0) or
/// lived (1). 155 examples. File: hepatitis/hepatitis.data.
class Hepatitis : public UciTable {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.hepatitis.Hepatitis";
  static constexpr const char* doc = "patients: 19 features, died or lived";
  std::optional<int> start, stop;
  template <class K>
  static constexpr void keys(K& key) {
    key("start", &Hepatitis::start, "first example").at_least(0);
    key("stop", &Hepatitis::stop, "one after the last example; default: to the end").at_least(0);
    preprocessing_keys(key);
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(19);
    return source == "targets" ? index_space(2) : SpaceInfo();
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;

 protected:
  std::string file() const override { return "hepatitis/hepatitis.data"; }
};

/// Handwritten digits as counts 0 to 16 in 8 x 8 places (Alpaydin, Kaynak 1998): 'train' (3823) and
/// 'test' (1797). Files: optdigits/optdigits.{tra,tes}.
class OptDigits : public UciTable {
 public:
  static constexpr const char* yaml = "OptDigits";
  static constexpr const char* doc = "handwritten digits of 8 x 8 pixels";
  String which_set;
  constexpr OptDigits() {}
  constexpr explicit OptDigits(const char* set_name) : which_set(set_name) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("which_set", &OptDigits::which_set, "'train' (3823) or 'test' (1797)");
    preprocessing_keys(key);
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return conv2d_space(8, 8, 1);
    return source == "targets" ? index_space(10) : SpaceInfo();
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::string fetched_as() const override { return "optdigits"; }

 protected:
  std::string file() const override;
};

/// Handwritten digits, black and white, 16 x 16. 1593 examples. File: semeion/semeion.data[.gz].
class Semeion : public UciTable {
 public:
  static constexpr const char* yaml = "Semeion";
  static constexpr const char* doc = "handwritten digits of 16 x 16 black and white pixels";
  template <class K>
  static constexpr void keys(K& key) {
    preprocessing_keys(key);
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return conv2d_space(16, 16, 1);
    return source == "targets" ? index_space(10) : SpaceInfo();
  }
  std::shared_ptr<const Table> load() const override;
  std::string fetched_as() const override { return "semeion"; }

 protected:
  std::string file() const override { return "semeion/semeion.data"; }
};

/// House values of California's 1990 census (Pace, Barry 1997): 8 features; the target is the
/// median value in dollars. 20640 examples. File: california-housing/cal_housing.data.
class CaliforniaHousing : public UciTable {
 public:
  static constexpr const char* yaml = "CaliforniaHousing";
  static constexpr const char* doc = "house values: 8 features, a number to be foretold";
  template <class K>
  static constexpr void keys(K& key) {
    preprocessing_keys(key);
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(8);
    return source == "targets" ? vector_space(1) : SpaceInfo();
  }
  std::shared_ptr<const Table> load() const override;
  std::string fetched_as() const override { return "california-housing"; }

 protected:
  std::string file() const override { return "california-housing/cal_housing.data"; }
};

/// Census data: whether a person earns more than 50000 dollars (Becker, Kohavi 1996). Six numbers
/// and, one-hot, eight properties: 104 features in the order of the file. Examples of which
/// something is missing are left out; 'train' then has 30162, 'test' 15060. The columns of a
/// property are its values in alphabetical order, the same in both sets; a work class that no
/// complete example has (Never-worked) has none. Files: adult/adult.{data,test}.
class Adult : public UciTable {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.adult.adult";
  static constexpr const char* doc = "census data: 104 features, two classes";
  String which_set;
  constexpr Adult() {}
  constexpr explicit Adult(const char* set_name) : which_set(set_name) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("which_set", &Adult::which_set, "'train' (30162) or 'test' (15060)");
    preprocessing_keys(key);
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(104);
    return source == "targets" ? index_space(2) : SpaceInfo();
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::string fetched_as() const override { return "adult"; }

 protected:
  std::string file() const override;
};

}  // namespace ansatz
