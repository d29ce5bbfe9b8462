import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from loop.assimilation import (
    CosineBasis,
    FunctionBasis,
    HilbertSpaceBasis,
    PolynomialBasis,
    ProductBasis,
    SineBasis,
)
from loop.errors import CampaignError, DataError


def quadrature(dim, bounds, n=12):
    nodes, weights = np.polynomial.legendre.leggauss(n)
    grid = np.array(np.meshgrid(*[0.5 * (b - a) * nodes + 0.5 * (a + b) for a, b in bounds])).reshape(dim, -1).T
    mass = np.array(np.meshgrid(*[0.5 * weights] * dim)).reshape(dim, -1).prod(axis=0)
    return grid, mass


@pytest.mark.parametrize(("dim", "degree"), [(1, 5), (2, 3), (3, 2)])
def test_polynomials_are_orthonormal_on_the_box(dim, degree):
    bounds = [(-2.0, 5.0), (10.0, 11.0), (0.0, 3.0)][:dim]
    X, mass = quadrature(dim, bounds)
    Z = PolynomialBasis(dim, degree, bounds).design(X)
    assert np.allclose(Z.T @ (mass[:, None] * Z), np.eye(Z.shape[1]), atol=1e-12)


def test_polynomial_names_and_span():
    basis = PolynomialBasis(2, 2, variables=("alpha", "delta"))
    assert basis.names == ("1", "alpha", "delta", "alpha^2", "alpha*delta", "delta^2")
    X = np.random.default_rng(0).random((30, 2))
    monomials = np.column_stack([np.ones(30), X, X**2, X[:, 0] * X[:, 1]])
    fitted = basis.design(X) @ np.linalg.lstsq(basis.design(X), monomials, rcond=None)[0]
    assert np.allclose(fitted, monomials)


def test_sine_basis_is_the_sources():
    X = np.random.default_rng(1).random((20, 2))
    Z = SineBasis(2, 7).design(X)
    one = [np.ones(20) if n == 0 else None for n in range(1)]
    for n1 in range(7):
        for n2 in range(7):
            first = one[0] if n1 == 0 else np.sin(2 * np.pi * n1 * X[:, 0])
            second = one[0] if n2 == 0 else np.sin(2 * np.pi * n2 * X[:, 1])
            assert np.allclose(Z[:, 7 * n1 + n2], first * second, atol=1e-13)
    assert SineBasis(2, 7).names[:9] == ("1", *(f"s{k}(x1)" for k in range(1, 7)), "s1(x0)", "s1(x0)*s1(x1)")


def test_sines_stay_accurate_at_high_multiples():
    x = np.linspace(0.0, 1.0, 501)[:, None]
    exact = np.sin(2 * np.pi * np.arange(1, 30) * x)
    assert np.allclose(SineBasis(1, 30).design(x)[:, 1:], exact, atol=1e-12)


def test_cosines_are_orthonormal_and_products_obey_their_rule():
    X, mass = quadrature(2, [(0.0, 1.0)] * 2, 40)
    Z = CosineBasis(2, 4, max_order=3).design(X)
    assert np.allclose(Z.T @ (mass[:, None] * Z), np.eye(10), atol=1e-10)
    product = ProductBasis([SineBasis(1, 3, variables=["u"]), PolynomialBasis(1, 2, variables=["v"])], max_order=2)
    assert product.names == ("1", "v", "v^2", "s1(u)", "s1(u)*v", "s2(u)")
    left, right = SineBasis(1, 3).design(X[:, :1]), PolynomialBasis(1, 2).design(X[:, 1:])
    assert np.allclose(product.design(X)[:, 4], left[:, 1] * right[:, 1])


def test_user_functions():
    basis = FunctionBasis(1, {"exp": lambda X: np.exp(X[:, 0]), "1": lambda _: 1.0})
    assert basis.names == ("1", "exp")
    assert np.allclose(basis.design([[0.0], [1.0]]), [[1.0, 1.0], [1.0, np.e]])
    with pytest.raises(DataError, match="not finite"):
        FunctionBasis(1, {"log": lambda X: X[:, 0] / 0.0 if X[0, 0] < 0 else np.full(len(X), np.nan)}).design([[1.0]])
    with pytest.raises(DataError, match="one everywhere"):
        FunctionBasis(1, {"1": lambda X: X[:, 0]}).design([[0.3]])


def matern52(r):
    r = np.sqrt(5.0) * r
    return (1.0 + r + r**2 / 3.0) * np.exp(-r)


def matern32(r):
    r = np.sqrt(3.0) * r
    return (1.0 + r) * np.exp(-r)


KERNELS = {"matern52": matern52, "matern32": matern32, "rbf": lambda r: np.exp(-0.5 * r**2)}


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("dim", [1, 2])
def test_hilbert_space_prior_converges_to_its_kernel(kernel, dim):
    basis = HilbertSpaceBasis(dim, 60 if dim == 1 else 40, [(-1.0, 1.0)] * dim, kernel=kernel, margin=3.0)
    X = np.random.default_rng(2).uniform(-1.0, 1.0, (15, dim))
    length = 0.5
    shape = basis.shape(np.arange(basis.size))
    variance = np.exp(shape.log_variance(np.log([[length - shape.shortest]]))[0])
    variance[0] = 0.0
    Z = basis.design(X)
    exact = KERNELS[kernel](cdist(X, X) / length)
    assert np.allclose((Z * variance) @ Z.T, exact, atol=0.02)


@pytest.mark.parametrize("kernel", ["matern12", "matern32", "matern52", "rbf"])
def test_spectral_slope_is_the_derivative(kernel):
    shape = HilbertSpaceBasis(2, 5, [(0.0, 1.0)] * 2, kernel=kernel).shape(np.arange(26))
    u, h = np.array([[-0.3], [1.1]]), 1e-6
    numeric = (shape.log_variance(u + h) - shape.log_variance(u - h)) / (2 * h)
    assert np.allclose(shape.slope(u)[:, :, 0], numeric, rtol=1e-6, atol=1e-7)


def test_hilbert_space_basis_freezes_its_box_and_bounds_its_size():
    basis = HilbertSpaceBasis(1, 8, [(0.0, 2.0)])
    with pytest.raises(DataError, match="outside the box"):
        basis.design([[1.0], [2.1]])
    assert HilbertSpaceBasis(3, 4, None).size == 1 + 4**3
    assert HilbertSpaceBasis(4, 4, None).size == 1 + 35
    with pytest.raises(CampaignError, match="kernel"):
        HilbertSpaceBasis(1, 8, None, kernel="cubic")


def test_active_sets_by_name_index_and_rule():
    basis = PolynomialBasis(2, 2)
    assert basis.resolve(["x1", "1"]).tolist() == [0, 2]
    assert basis.resolve([2, 0]).tolist() == [0, 2]
    assert basis.resolve("order<=1").tolist() == [0, 1, 2]
    assert basis.resolve("x0*x1").tolist() == [4]
    assert basis.resolve(None).tolist() == list(range(6))
    with pytest.raises(CampaignError, match="x7"):
        basis.resolve(["x7"])
    with pytest.raises(CampaignError, match="indices"):
        basis.resolve([6])


def test_points_are_checked():
    with pytest.raises(DataError, match="shape"):
        PolynomialBasis(2, 1).design([[1.0]])
    with pytest.raises(DataError, match="finite"):
        PolynomialBasis(1, 1).design([[np.nan]])
    with pytest.raises(DataError, match="bounds"):
        PolynomialBasis(2, 1, [(0.0, 1.0)])
    with pytest.raises(DataError, match="lower < upper"):
        PolynomialBasis(1, 1, [(1.0, 1.0)])


@settings(max_examples=20, deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_bases_depend_only_on_the_place_in_the_box(low, side):
    u = np.linspace(0.0, 1.0, 7)[:, None]
    moved = PolynomialBasis(1, 3, [(low, low + side)]).design(low + side * u)
    resolution = 1e-12 * (1.0 + abs(low) / side)
    assert np.allclose(moved, PolynomialBasis(1, 3).design(u), atol=100 * resolution)
