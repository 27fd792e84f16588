"""The data sets that recipes can name."""

from edgemark_trainer.readers import chinese_reviews, english_sentiment, intents, tweeteval
from edgemark_trainer.readers.clothing import CLOTHING
from edgemark_trainer.readers.dataset import Dataset, Parts
from edgemark_trainer.readers.deskdrop import DESKDROP
from edgemark_trainer.readers.fashion import FASHION
from edgemark_trainer.readers.grocery import GROCERY
from edgemark_trainer.readers.headlines import TNEWS
from edgemark_trainer.readers.image_dataset import ImageDataset, ImageParts
from edgemark_trainer.readers.imdb import IMDB
from edgemark_trainer.readers.interactions import InteractionDataset
from edgemark_trainer.readers.lastfm import LASTFM
from edgemark_trainer.readers.movielens import MOVIELENS
from edgemark_trainer.readers.online_retail import ONLINE_RETAIL
from edgemark_trainer.readers.pricerunner import PRICERUNNER

DATASETS: dict[str, Dataset] = {
    "banking77": intents.BANKING77,
    "clinc150": intents.CLINC150,
    "cr": english_sentiment.CR,
    "hotel": chinese_reviews.HOTEL,
    "imdb": IMDB,
    "mr": english_sentiment.MR,
    "pricerunner": PRICERUNNER,
    "shopping": chinese_reviews.SHOPPING,
    "shopping-categories": chinese_reviews.SHOPPING_CATEGORIES,
    "sst2": english_sentiment.SST2,
    "sst5": english_sentiment.SST5,
    "subj": english_sentiment.SUBJ,
    "tnews": TNEWS,
    "tweeteval-emotion": tweeteval.EMOTION,
    "tweeteval-offensive": tweeteval.OFFENSIVE,
    "tweeteval-irony": tweeteval.IRONY,
    "tweeteval-sentiment": tweeteval.SENTIMENT,
    "waimai": chinese_reviews.WAIMAI,
}

IMAGE_DATASETS: dict[str, ImageDataset] = {
    "clothing": CLOTHING,
    "fashion": FASHION,
    "grocery": GROCERY,
}

INTERACTION_DATASETS: dict[str, InteractionDataset] = {
    "deskdrop": DESKDROP,
    "lastfm": LASTFM,
    "movielens": MOVIELENS,
    "online-retail": ONLINE_RETAIL,
}

__all__ = [
    "DATASETS",
    "IMAGE_DATASETS",
    "INTERACTION_DATASETS",
    "Dataset",
    "ImageDataset",
    "ImageParts",
    "Parts",
]
