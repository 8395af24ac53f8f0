from gradloom.core import resources
from gradloom.core.resources import resource_path


def test_a_checkout_serves_its_top_level_folder():
    assert resource_path("data", "iris.csv").is_file()


def test_an_installed_package_serves_its_own(monkeypatch, tmp_path):
    package = tmp_path / "lib" / "gradloom"
    (package / "_resources").mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resource_path("data", "iris.csv") == package / "_resources" / "data" / "iris.csv"
